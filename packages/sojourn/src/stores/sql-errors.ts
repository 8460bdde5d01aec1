import { SojournError } from "../core/errors.ts";
import type { SqlValue } from "./sql.ts";

/** What a database's refusal means for a store. */
export type SqlFailure =
  /** Undone because of another transaction: nothing was written. */
  | { readonly kind: "conflict" }
  /** The id is taken. */
  | { readonly kind: "duplicate" }
  /** The table is missing, or not as this release needs it. */
  | { readonly kind: "schema" }
  /** Anything else. `advice`: what a person can do about it. */
  | { readonly kind: "unavailable"; readonly advice: string };

type StoreName = "postgres" | "mysql";
const products = { postgres: "PostgreSQL", mysql: "MySQL or MariaDB" };

/** `why`: in which way it is not as needed. */
export function schemaError(store: StoreName, why: string, options?: { readonly cause: unknown }): SojournError {
  return new SojournError(
    "ERR_STORE_SCHEMA",
    `The table sojourn_sessions is missing from this ${products[store]} database, or not as this release needs it: ${why}. ` +
      `Run what \`npx sojourn schema ${store}\` prints; running it again does no harm.`,
    options,
  );
}

export function contentionError(store: StoreName, verb: string): SojournError {
  return new SojournError(
    "ERR_STORE_UNAVAILABLE",
    `The ${store} store gave "${verb}" up: other transactions kept undoing it. ` +
      "Look for transactions that hold locks, or use the isolation level READ COMMITTED for its connections.",
  );
}

/** The error of a store, with the driver's as its cause, and nothing in it of what was `sent`. */
export function storeError(
  store: StoreName,
  {
    failure,
    error,
    sent,
  }: { readonly failure: SqlFailure; readonly error: unknown; readonly sent: readonly SqlValue[] },
): SojournError {
  if (error instanceof SojournError) return error;
  const cause = withoutValues(error as DriverError, sent);
  if (failure.kind === "schema") return schemaError(store, cause.message, { cause });
  const advice = failure.kind === "unavailable" ? failure.advice : "try again";
  return new SojournError(
    "ERR_STORE_UNAVAILABLE",
    `The ${store} store failed: ${products[store]} or its driver said ${cause.code ?? cause.name}. What to do: ${advice}.`,
    { cause },
  );
}

/** What drivers put on their errors; of each only a part. */
export interface DriverError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly errno?: number | string;
  readonly sqlState?: string;
  readonly sqlMessage?: string | null;
  readonly errors?: readonly DriverError[];
}

interface Cause extends Error {
  readonly code?: string;
  readonly errno?: number | string;
}

/**
 * A driver's error without what drivers add to it: the statement with its values, rows, connection options. Messages
 * about wrong or duplicate values (SQLSTATE classes 22, 23 and 42000) may quote parts of them, so of these the code has to do.
 */
export function withoutValues(error: DriverError, sent: readonly SqlValue[]): Cause {
  const { code, errno, sqlState } = error ?? {};
  const quotesValues =
    /^(22|23|42000)/.test(sqlState ?? (/^[0-9A-Z]{5}$/.test(code ?? "") ? String(code) : "")) || errno === 1366;
  const message = quotesValues ? "(its message may quote values, and was left out)" : messageOf(error, sent);
  return Object.assign(new Error(message), {
    name: String(error?.name ?? "Error"),
    ...(code !== undefined && { code }),
    ...(errno !== undefined && { errno }),
  });
}

function messageOf(error: DriverError, sent: readonly SqlValue[]): string {
  // A host with several addresses: Node reports one error for each.
  const said =
    error?.sqlMessage || error?.message || error?.errors?.map(({ message }) => message).join("; ") || String(error);
  const texts = sent.filter((value): value is string => typeof value === "string" && value.length > 2);
  return texts.reduce((text, value) => text.replaceAll(value, "[value]"), said.split("\n")[0] ?? "");
}
