import { isBindingRecord } from "./binding.ts";
import { isInstant } from "./clock.ts";
import { areTexts, isDeeperThan, isObject, isText, type JsonObject } from "./json.ts";
import type { SessionRecord } from "./record.ts";
import { decodeSignals, encodeSignals } from "./signal-codec.ts";
import { opensMoreThan } from "./stored-data.ts";
import { isSecretHash } from "./token.ts";

/** What few sessions have at a given moment, and what a newer release added. */
export type RareFields = { readonly [Name in keyof Fields]?: NonNullable<SessionRecord[Name]> } & {
  readonly unknown?: JsonObject;
};

/** Deeper than anything a release writes: what nests more would exhaust the stack of whoever writes it back. */
const deepestField = 32;

/** How one field is written: under a short name, in a form that `read` gives back, or `null` for what nobody has written. */
interface Field<Value> {
  readonly key: string;
  write(value: Value): unknown;
  read(written: unknown): Value | null;
}

type Fields = {
  readonly [Name in RareName]: Field<NonNullable<SessionRecord[Name]>>;
};
type RareName =
  | "pending"
  | "previous"
  | "due"
  | "label"
  | "remembered"
  | "methods"
  | "credentialVersion"
  | "contained"
  | "signals"
  | "lockedFor"
  | "binding"
  | "sealed";

const asIs = <Value>(key: string, is: (written: unknown) => written is Value): Field<Value> => ({
  key,
  write: (value) => value,
  read: (written) => (is(written) ? written : null),
});
const isTrue = (value: unknown): value is true => value === true;
const isReason = (value: unknown): value is "privileges-changed" | "leaked" =>
  value === "privileges-changed" || value === "leaked";

const fields: Fields = {
  pending: {
    key: "p",
    write: ({ hash, nonce, settles }) => [hash, nonce, settles],
    read(written) {
      const [hash, nonce, settles] = listOf(written);
      return isSecretHash(hash) && isText(nonce) && typeof settles === "boolean" ? { hash, nonce, settles } : null;
    },
  },
  previous: {
    key: "o",
    write: ({ hash, until, accepted }) => [hash, until, accepted],
    read(written) {
      const [hash, until, accepted] = listOf(written);
      return isSecretHash(hash) && isInstant(until) && typeof accepted === "boolean" ? { hash, until, accepted } : null;
    },
  },
  due: asIs("due", isReason),
  label: asIs("w", isText),
  remembered: asIs("r", isTrue),
  methods: asIs("am", areTexts),
  credentialVersion: asIs("cv", isText),
  contained: {
    key: "k",
    write: ({ since, by }) => [since, ...by],
    read(written) {
      const [since, ...by] = listOf(written);
      return isInstant(since) && by.length > 0 && areTexts(by) ? { since, by } : null;
    },
  },
  signals: { key: "g", write: encodeSignals, read: decodeSignals },
  lockedFor: asIs("lf", (value) => value === "client-changed"),
  binding: asIs("b", isBindingRecord),
  sealed: asIs("z", isTrue),
};
const names = Object.keys(fields) as RareName[];
const keys = new Set(names.map((name) => fields[name].key));

/** The second line of a body; empty where there is nothing to say. Never contains a line break. */
export function encodeRareFields(record: RareFields): string {
  const written: Record<string, unknown> = { ...record.unknown };
  for (const name of names) {
    const value = record[name];
    if (value !== undefined) written[fields[name].key] = (fields[name] as Field<unknown>).write(value);
  }
  for (const _any in written) return JSON.stringify(written);
  return "";
}

/** What a second line says, or `null` if no release has written it. */
export function decodeRareFields(line: string): RareFields | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isObject(parsed) || (opensMoreThan(deepestField, line) && isDeeperThan(deepestField, parsed))) return null;
  const rare: Record<string, unknown> = {};
  for (const name of names) {
    const { key, read } = fields[name];
    if (!Object.hasOwn(parsed, key)) continue;
    const value = read(parsed[key]);
    if (value === null) return null;
    rare[name] = value;
  }
  const unknown = Object.entries(parsed).filter(([key]) => !keys.has(key));
  if (unknown.length > 0) rare.unknown = Object.fromEntries(unknown);
  return rare as RareFields;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
