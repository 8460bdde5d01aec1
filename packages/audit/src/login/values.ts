import { randomBytes } from "node:crypto";
import type { User } from "../file/load.ts";
import { Trouble } from "../http/trouble.ts";
import { totp } from "./totp.ts";

/** What the `$names` of an audit file stand for. */
export interface Values {
  readonly user: User | null;
  readonly picked: ReadonlyMap<string, string>;
  /** Headers that the login said to keep, by their name in lower case. */
  readonly kept: ReadonlyMap<string, string>;
  readonly milliseconds?: number;
  /** The same text for every `$random` of one flow. */
  readonly random: string;
}

export function newValues(user: User | null, extra: Partial<Values> = {}): Values {
  return { user, picked: new Map(), kept: new Map(), random: `audit${randomBytes(6).toString("hex")}`, ...extra };
}

/** Puts values in place of their names. @throws Trouble if there is none */
export function fill(text: string, { user, picked, kept, random, milliseconds }: Values): string {
  return text.replaceAll(/\$(user\.\w+|picked\.[\w-]+|kept\.[\w-]+|random|milliseconds)/g, (name) => {
    const [kind, key = ""] = name.slice(1).split(".");
    if (kind === "random") return random;
    if (kind === "milliseconds") return String(milliseconds ?? 0);
    if (name === "$user.totp" && user?.values.totp) return totp(user.values.totp, Date.now());
    // Without its scheme: a logout that wants the token in its body wants no "Bearer".
    if (kind === "kept" && kept.has(key)) return (kept.get(key) ?? "").replace(/^\w+ /, "");
    const value = kind === "user" ? user?.values[key] : picked.get(key);
    if (value === undefined) throw new Trouble("flow-broken", `${name} has no value here`);
    return value;
  });
}

/** As `fill`; in a JSON body, in each of its texts, so that a value with quotes in it breaks nothing. */
export function fillBody(text: string, values: Values): string {
  if (!/^\s*[[{]/.test(text)) return fill(text, values);
  try {
    return JSON.stringify(JSON.parse(text, (_key, value) => (typeof value === "string" ? fill(value, values) : value)));
  } catch (error) {
    if (error instanceof SyntaxError) return fill(text, values);
    throw error;
  }
}

export function fillAll(
  texts: Readonly<Record<string, string>>,
  values: Values,
): readonly (readonly [string, string])[] {
  return Object.entries(texts).map(([name, text]) => [name, fill(text, values)] as const);
}
