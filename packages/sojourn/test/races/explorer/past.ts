import type { SessionId, SessionToken } from "../../../src/core/ids.ts";
import type { SecretHash } from "../../../src/core/token.ts";
import type { Row } from "./calls.ts";

/**
 * What the invariants must remember of a schedule beyond where it led: part of a state's identity, so that two schedules
 * are taken for one only if every invariant judges them alike from there on.
 */
export interface Past {
  /** Removed rows as they were last, and whose call removed them. */
  readonly removed: ReadonlyMap<SessionId, { readonly row: Row; readonly by: number }>;
  /** Rows as they were inserted, and whose call did it. */
  readonly inserted: ReadonlyMap<SessionId, { readonly row: Row; readonly by: number }>;
  /** Hashes of every secret that some row held as its current or pending one. */
  readonly stored: ReadonlySet<SecretHash>;
  /** Tokens that somebody was handed. */
  readonly issued: ReadonlySet<SessionToken>;
  /** Tokens that an acknowledged elevation replaced. */
  readonly dead: ReadonlySet<SessionToken>;
  /** Programs whose request began with a token that leads nowhere any more. */
  readonly doomed: ReadonlySet<number>;
  /** Programs whose renewal cookie was issued before, and not delivered when, a login or an elevation issued its own. */
  readonly overtaken: ReadonlySet<number>;
  /** Such a cookie has reached the browser: section 4 promises nothing from there on. */
  readonly isSpoiled: boolean;
  /** The browser deleted its cookie because a logout told it to. */
  readonly isLoggedOut: boolean;
  /** The user's sessions at the moment a revoke-all began, by program. */
  readonly toRevoke: ReadonlyMap<number, readonly SessionId[]>;
}

export const nothingYet: Past = {
  removed: new Map(),
  inserted: new Map(),
  stored: new Set(),
  issued: new Set(),
  dead: new Set(),
  doomed: new Set(),
  overtaken: new Set(),
  isSpoiled: false,
  isLoggedOut: false,
  toRevoke: new Map(),
};

/** Without what was remembered for the sake of programs that are done. */
export function settled(past: Past, { scenes }: { readonly scenes: readonly { readonly isDone: boolean }[] }): Past {
  const isOpen = (program: number) => scenes[program]?.isDone === false;
  const isKept = [...past.doomed, ...past.overtaken, ...past.toRevoke.keys()].every(isOpen);
  if (isKept) return past;
  return {
    ...past,
    doomed: new Set([...past.doomed].filter(isOpen)),
    overtaken: new Set([...past.overtaken].filter(isOpen)),
    toRevoke: new Map([...past.toRevoke].filter(([program]) => isOpen(program))),
  };
}

const keys = new WeakMap<Past, string>();

export function keyOfPast(past: Past): string {
  const known = keys.get(past);
  if (known !== undefined) return known;
  const removed = [...past.removed].map(([, { row, by }]) => `${row.no}/${by}`).sort();
  const inserted = [...past.inserted].map(([, { row, by }]) => `${row.no}/${by}`).sort();
  const toRevoke = [...past.toRevoke].map(([program, ids]) => `${program}:${ids.toSorted().join("+")}`).sort();
  const parts = [
    removed,
    inserted,
    [...past.dead].sort(),
    [...past.doomed].sort(),
    [...past.overtaken].sort(),
    toRevoke,
  ];
  const secrets = `${numberOf(past.stored)};${numberOf(past.issued)}`;
  const key = `${secrets};${parts.map((part) => part.join(",")).join(";")};${past.isSpoiled};${past.isLoggedOut}`;
  keys.set(past, key);
  return key;
}

const numbers = new Map<string, number>();
const numbersOfSets = new WeakMap<ReadonlySet<string>, number>();

/** Equal sets, equal numbers. */
function numberOf(set: ReadonlySet<string>): number {
  const known = numbersOfSets.get(set);
  if (known !== undefined) return known;
  const text = [...set].sort().join(" ");
  const number = numbers.get(text) ?? numbers.size;
  numbers.set(text, number);
  numbersOfSets.set(set, number);
  return number;
}
