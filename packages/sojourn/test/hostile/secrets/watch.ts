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
    // A secret from a test's own "random" source would be met everywhere.
    if (new Set(secret).size < 8) return;
    minted++;
    const hex = Buffer.from(secret, "base64url").toString("hex");
    for (const spelling of [secret, hex]) recent.set(spelling.slice(0, telling), kind);
    if (recent.size < remembersAtMost) return;
    older = recent;
    recent = new Map();
  }

  function find(said: unknown): readonly string[] {
    const found = new Set<string>();
    for (const text of textsOf(said)) {
      // Base64 and its variant for URLs are one alphabet here.
      for (const [run] of text
        .replaceAll("+", "-")
        .replaceAll("/", "_")
        .matchAll(/[\w-]{12,}/g)) {
        for (let at = 0; at + telling <= run.length; at++) {
          const part = run.slice(at, at + telling);
          const kind = recent.get(part) ?? older.get(part);
          if (kind !== undefined) found.add(kind);
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
  return [shown, String(said), serialized(said), ...(said instanceof Error ? textsOfError(said) : [])];
}

function textsOfError(error: Error): readonly string[] {
  const own = [error.message, error.stack ?? "", JSON.stringify(Object.getOwnPropertyDescriptors(error))];
  return error.cause === undefined ? own : [...own, ...textsOf(error.cause)];
}

function serialized(said: unknown): string {
  try {
    return JSON.stringify(said) ?? "";
  } catch {
    // What cannot be serialized cannot leak that way.
    return "";
  }
}
