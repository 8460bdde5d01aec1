import { inspect } from "node:util";

/** Remembers every secret minted in this process, and looks for them in everything that is said. */
export interface SecretWatch {
  /** A part of a token, a CSRF key or token: nobody may ever say it. */
  remember(kind: string, secret: string): void;
  /** Notes a leak if `said` holds a secret. */
  hear(where: string, said: unknown): void;
  /** The kinds of secrets in `said`: a text, or anything that can be shown or serialized. */
  find(said: unknown): readonly string[];
  /** What was heard so far, by where. */
  readonly heard: ReadonlyMap<string, number>;
  readonly minted: number;
  /** Where a secret was said, never which. */
  readonly leaks: readonly string[];
}

/** So few characters of a secret are already too many; and enough not to be met by chance. */
const telling = 12;
/** In a test file that mints more, the oldest are forgotten: what leaks, leaks soon. */
const remembersAtMost = 200_000;

const key = Symbol.for("sojourn.secret-watch");
const shared = globalThis as { [key]?: SecretWatch };

/** The watch of this process: one for the setup that feeds it and for the tests that ask it. */
export function secretWatch(): SecretWatch {
  shared[key] ??= aSecretWatch();
  return shared[key];
}

export function aSecretWatch(): SecretWatch {
  let recent = new Map<string, string>();
  let older = new Map<string, string>();
  let minted = 0;
  const heard = new Map<string, number>();
  const leaks: string[] = [];

  function remember(kind: string, secret: string): void {
    minted++;
    recent.set(secret.slice(0, telling), kind);
    if (recent.size < remembersAtMost) return;
    older = recent;
    recent = new Map();
  }

  function find(said: unknown): readonly string[] {
    const found = new Set<string>();
    for (const text of textsOf(said)) {
      for (const run of runsIn(text)) {
        for (let at = 0; at + telling <= run.length; at++) {
          const part = run.slice(at, at + telling);
          const kind = recent.get(part) ?? older.get(part);
          if (kind !== undefined && isDrawn(part)) found.add(kind);
        }
      }
    }
    return [...found];
  }

  return {
    remember,
    find,
    heard,
    leaks,
    get minted() {
      return minted;
    },
    hear(where, said) {
      heard.set(where, (heard.get(where) ?? 0) + 1);
      for (const kind of find(said)) leaks.push(`${kind} in ${where}`);
    },
  };
}

/** A secret from a test's own "random" source is met everywhere and is none. */
function isDrawn(part: string): boolean {
  return new Set(part).size > 5;
}

/** What in `text` is long enough to hold a secret, in the one spelling that is remembered: base64 and hexadecimal too. */
function* runsIn(text: string): Iterable<string> {
  for (const [run] of text.matchAll(/[\w-]{12,}/g)) {
    yield run;
    if (/^(?:0x)?[0-9a-f]{24,}$/i.test(run)) yield Buffer.from(run.replace("0x", ""), "hex").toString("base64url");
  }
  if (!/[+/]/.test(text)) return;
  for (const [run] of text.matchAll(/[\w+/]{12,}/g)) yield run.replaceAll("+", "-").replaceAll("/", "_");
}

/** Every way in which a log might write `said` down. */
function textsOf(said: unknown): readonly string[] {
  if (typeof said === "string") return [said];
  const shown = inspect(said, {
    showHidden: true,
    getters: true,
    depth: 12,
    maxArrayLength: null,
    maxStringLength: null,
  });
  return [shown, asText(said), serialized(said), ...(said instanceof Error ? textsOfError(said) : [])];
}

function textsOfError(error: Error): readonly string[] {
  const own = [error.message, error.stack ?? "", JSON.stringify(Object.getOwnPropertyDescriptors(error))];
  return error.cause === undefined ? own : [...own, ...textsOf(error.cause)];
}

function asText(said: unknown): string {
  try {
    return String(said);
  } catch {
    // What has no text cannot leak that way.
    return "";
  }
}

function serialized(said: unknown): string {
  try {
    return JSON.stringify(said) ?? "";
  } catch {
    // What cannot be serialized cannot leak that way.
    return "";
  }
}
