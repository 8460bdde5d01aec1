import type { SessionId, SessionToken } from "../../src/core/ids.ts";
import { forgettableAt } from "../../src/core/judge.ts";
import { defaultPolicy } from "../../src/core/policy.ts";
import { encodeRecord, type SessionRecord } from "../../src/core/record.ts";
import { rulesOf } from "../../src/core/rules.ts";
import { StoredData } from "../../src/core/stored-data.ts";
import { createToken, idOf, lineageHash, secretHash, successor } from "../../src/core/token.ts";
import { asRow, type Row } from "./explorer/calls.ts";
import { nothingYet } from "./explorer/past.ts";
import { seeded } from "./explorer/script.ts";
import type { State } from "./explorer/state.ts";

/* The world before the first step. */

const now = Date.UTC(2026, 0, 1, 12);
const minute = 60_000;
const rules = rulesOf(defaultPolicy);

/** More than grace and clock tolerance together, less than the inactivity timeout. */
export const longAway = rules.grace + rules.clockTolerance + 1;

/** The honest browser's secret, and a thief's copy of it. */
export const stolen = createToken(seeded("the browser's session"));
const nonce = "AAAAAAAAAAAAAAAAAAAAAA";
/** What the browser was handed and has not shown: in the world with a pending secret. */
export const stolenPending = successor(stolen, nonce);
const visitor = createToken(seeded("the visitor's session"));
const otherDevice = createToken(seeded("the other device's session"));
const forgotten = createToken(seeded("a session that is over"));
/** The attacker's own session, logged in as the attacker. */
export const mallory = createToken(seeded("the attacker's session"));

export const names: ReadonlyMap<string, string> = new Map([
  [idOf(stolen), "S"],
  [idOf(visitor), "A"],
  [idOf(otherDevice), "D"],
  [idOf(forgotten), "E"],
  [idOf(mallory), "M"],
]);

export type StartName = "signed in" | "a new secret handed out" | "visitor";

export interface Start {
  readonly state: Omit<State, "scenes">;
  readonly tokens: readonly SessionToken[];
  readonly attacker: SessionId;
  readonly expired: readonly SessionId[];
}

const basket = new StoredData(JSON.stringify({ count: 0, gift: "one of a kind" }));
/** Its secret is twenty minutes old: renewal is due at the next request. */
const mine = {
  ...fresh(stolen),
  level: "aal1",
  startedAt: now - 60 * minute,
  currentSince: now - 20 * minute,
  data: basket,
} as const;
const handedOut = { hash: secretHash(stolenPending), nonce, settles: false };

/** The world that `name` names. */
export function startOf(name: StartName, faultsLeft: number): Start {
  const other = [
    row(otherDevice, "alice", { ...fresh(otherDevice), level: "aal1", loginOrder: 1 }),
    row(mallory, "mallory", { ...fresh(mallory), level: "aal1" }),
    row(forgotten, "bob", {
      ...fresh(forgotten),
      level: "aal1",
      startedAt: now - 200 * minute,
      lastSeenAt: now - 150 * minute,
    }),
  ];
  const own = {
    "signed in": () => row(stolen, "alice", mine),
    "a new secret handed out": () => row(stolen, "alice", { ...mine, pending: handedOut }),
    visitor: () => row(visitor, null, { ...fresh(visitor), data: basket }),
  }[name]();
  const rows = new Map([own, ...other].map((each) => [each.stored.id, each]));
  const tokens = [stolen, stolenPending, visitor, otherDevice, forgotten, mallory];
  return {
    tokens,
    attacker: idOf(mallory),
    expired: [idOf(forgotten)],
    state: {
      shelf: {
        rows,
        index: new Map([...rows.values()].flatMap(({ stored }) => (stored.userId ? [[stored.id, stored.userId]] : []))),
      },
      jar: { own: name === "visitor" ? visitor : stolen, tossed: null },
      now,
      phases: new Map(),
      answered: new Map(),
      readable: new Map(),
      strays: [],
      faultsLeft,
      past: { ...nothingYet, issued: new Set(tokens), stored: new Set(tokens.map(secretHash)) },
    },
  };
}

function fresh(token: SessionToken): SessionRecord {
  return {
    lineage: lineageHash(token),
    current: secretHash(token),
    currentSince: now,
    startedAt: now,
    lastSeenAt: now,
    level: null,
    proofs: {},
    loginOrder: 0,
    marks: [],
    data: new StoredData("{}"),
    dataVersion: 0,
  };
}

function row(token: SessionToken, userId: string | null, record: SessionRecord): Row {
  return asRow({
    id: idOf(token),
    version: 1,
    userId,
    ref: null,
    expiresAt: forgettableAt(record, rules),
    body: encodeRecord(record),
  });
}
