import { isInstant } from "./clock.ts";
import { isDeeperThan, isObject, type JsonObject } from "./json.ts";
import type { SessionRecord } from "./record.ts";
import { decodeSignals, encodeSignals } from "./signal-codec.ts";
import { opensMoreThan } from "./stored-data.ts";
import { isSecretHash } from "./token.ts";

/** What few sessions have at a given moment, and what a newer release added. */
export type RareFields = Pick<
  SessionRecord,
  "pending" | "previous" | "due" | "label" | "sealed" | "signals" | "lockedFor" | "unknown"
>;

/** Deeper than anything a release writes: what nests more would exhaust the stack of whoever writes it back. */
const deepestField = 32;

/** The second line of a body; empty where there is nothing to say. Never contains a line break. */
export function encodeRareFields(fields: RareFields): string {
  const { pending, previous, due, label, sealed, signals, lockedFor, unknown } = fields;
  if (!pending && !previous && !due && label === undefined && !sealed && !signals && !lockedFor && !unknown) return "";
  return JSON.stringify({
    ...unknown,
    p: pending && [pending.hash, pending.nonce, pending.settles],
    o: previous && [previous.hash, previous.until, previous.accepted],
    due,
    w: label,
    z: sealed,
    g: signals && encodeSignals(signals),
    k: lockedFor,
  });
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
  const { p, o, due, w, z, g, k, ...unknown } = parsed as { readonly [key: string]: unknown };
  if (p !== undefined && !isPending(p)) return null;
  if (o !== undefined && !isPrevious(o)) return null;
  if (due !== undefined && due !== "privileges-changed" && due !== "leaked") return null;
  if (w !== undefined && typeof w !== "string") return null;
  if (z !== undefined && z !== true) return null;
  if (k !== undefined && k !== "client-changed") return null;
  // Signals that cannot be read are learnt anew: nobody is signed out for them.
  const signals = decodeSignals(g);
  return {
    ...(p && { pending: { hash: p[0], nonce: p[1], settles: p[2] } }),
    ...(o && { previous: { hash: o[0], until: o[1], accepted: o[2] } }),
    ...(due && { due }),
    ...(w !== undefined && { label: w }),
    ...(z && { sealed: z }),
    ...(signals && { signals }),
    ...(k && { lockedFor: k }),
    ...(Object.keys(unknown).length > 0 && { unknown: unknown as JsonObject }),
  };
}

type Pending = NonNullable<SessionRecord["pending"]>;
type Previous = NonNullable<SessionRecord["previous"]>;

function isPending(value: unknown): value is [Pending["hash"], string, boolean] {
  return (
    Array.isArray(value) && isSecretHash(value[0]) && typeof value[1] === "string" && typeof value[2] === "boolean"
  );
}

function isPrevious(value: unknown): value is [Previous["hash"], number, boolean] {
  return Array.isArray(value) && isSecretHash(value[0]) && isInstant(value[1]) && typeof value[2] === "boolean";
}
