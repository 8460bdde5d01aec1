import { OptionsError, SojournError } from "../core/errors.ts";

/**
 * The answer of `ask`, with what SQLite throws turned into the library's errors. Each statement is a transaction of its
 * own, so when one throws nothing was written. `whenBusy`: the answer instead of an error where another process kept
 * the write lock for the whole busy timeout.
 */
export function attempt<Answer>(ask: () => Answer, options?: { readonly whenBusy: Answer }): Answer {
  try {
    return ask();
  } catch (error) {
    if (error instanceof OptionsError || error instanceof SojournError) throw error;
    if (options && isBusy(error)) return options.whenBusy;
    throw isSchemaMissing(error) ? schemaError(error) : unavailableError(error);
  }
}

/** Throws unless the schema was run at version `needed` or later. */
export function assertVersion(version: number, needed: number): void {
  if (version < needed) throw schemaError();
}

/** A driver's error: better-sqlite3, libsql and bun:sqlite name the result in `code`, `node:sqlite` numbers it in `errcode`. */
interface DriverError {
  readonly message?: string;
  readonly code?: string;
  readonly errcode?: number;
}

const resultBusy = 5;

function isBusy(error: unknown): boolean {
  const { code, errcode } = error as DriverError;
  return code?.startsWith("SQLITE_BUSY") === true || ((errcode ?? 0) & 0xff) === resultBusy;
}

function isSchemaMissing(error: unknown): boolean {
  return /no such (table|column)|has no column named/.test(String((error as DriverError).message));
}

function schemaError(cause?: unknown): SojournError {
  return new SojournError(
    "ERR_STORE_SCHEMA",
    "The table sojourn_sessions is missing from this SQLite database, or not as this release needs it. " +
      "Run what `npx sojourn schema sqlite` prints (`sqliteSchema` holds the same), or pass `sqliteStore(db, { createTable: true })`.",
    { cause },
  );
}

function unavailableError(cause: unknown): SojournError {
  const { code, errcode } = cause as DriverError;
  const result = errcode === undefined ? code : `result code ${errcode}`;
  return new SojournError("ERR_STORE_UNAVAILABLE", `SQLite did not do it: ${result ?? "unknown error"}.`, { cause });
}
