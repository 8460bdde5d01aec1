import { expect, test } from "vitest";
import { defaultPolicy } from "../../src/core/policy.ts";
import {
  confirmed,
  dueForLeak,
  dueForPrivileges,
  isRenewalDue,
  type Presented,
  replaced,
  type Standing,
  standingOf,
  withPending,
} from "../../src/core/renewal.ts";
import { rulesOf } from "../../src/core/rules.ts";
import type { SecretHash } from "../../src/core/token.ts";
import { lineageHashOf, recordWith, secretHashOf } from "../support/records.ts";

/*
 * The table of decisions: what is presented, and what follows. Grace 30 s, clock tolerance 2 min; the previous secret is
 * in its time until 100 s, so that it can be told from a copy from 220 s on.
 */
const rules = rulesOf(defaultPolicy);
const until = 100_000;
const endOfDoubt = 220_000;

const current = secretHashOf("c");
const pending = secretHashOf("p");
const previous = secretHashOf("o");
const older = secretHashOf("x");
const lineage = lineageHashOf("l");
const waiting = { pending: { hash: pending, nonce: "n", settles: false } };
const served = { previous: { hash: previous, until, accepted: true } };
const refused = { previous: { hash: previous, until, accepted: false } };

const ofThisSession = (hash: SecretHash): Presented => ({ hash, lineage: () => lineage });
const guessed: Presented = { hash: older, lineage: () => lineageHashOf("f") };

test.each<[string, Presented, object, number, Standing]>([
  ["the current secret is current", ofThisSession(current), {}, 0, "current"],
  ["whatever else the row holds", ofThisSession(current), { ...waiting, ...served }, endOfDoubt, "current"],
  ["the pending secret is pending", ofThisSession(pending), { ...waiting, ...served }, endOfDoubt, "pending"],
  ["the previous secret is served while requests may be in flight", ofThisSession(previous), served, 0, "previous"],
  ["and for the clock tolerance beyond", ofThisSession(previous), served, endOfDoubt - 1, "previous"],
  ["then it is a copy", ofThisSession(previous), served, endOfDoubt, "replay"],
  [
    "a previous secret that a change of privilege replaced is refused",
    ofThisSession(previous),
    refused,
    0,
    "superseded",
  ],
  ["until its time is over, too", ofThisSession(previous), refused, endOfDoubt - 1, "superseded"],
  ["then it is a copy as well", ofThisSession(previous), refused, endOfDoubt, "replay"],
  ["an older secret in that time is refused", ofThisSession(older), served, endOfDoubt - 1, "superseded"],
  ["and after it is a copy", ofThisSession(older), served, endOfDoubt, "replay"],
  [
    "an unknown secret of this session, before any renewal, is refused",
    ofThisSession(older),
    {},
    endOfDoubt,
    "superseded",
  ],
  ["also while a successor is pending", ofThisSession(older), waiting, endOfDoubt, "superseded"],
  ["a guess ends nothing", guessed, {}, 0, "mismatch"],
  ["a guess ends nothing, at any time", guessed, { ...waiting, ...served }, endOfDoubt, "mismatch"],
])("%s", (_, presented, facts, now, standing) => {
  expect(standingOf(presented, recordWith({ lineage, current, ...facts }), now, rules)).toBe(standing);
});

test("the lineage is computed only for a secret that is none of the row's", () => {
  const record = recordWith({ lineage, current, ...waiting, ...served });
  const never = () => {
    throw new Error("one hash and one comparison decide in the steady state");
  };
  for (const secret of [current, pending, previous]) standingOf({ hash: secret, lineage: never }, record, 0, rules);
});

test("renewal is due after its interval, on change of privileges, after a leak, and while one is on its way", () => {
  expect(isRenewalDue(recordWith(), 899_999, rules)).toBe(false);
  expect(isRenewalDue(recordWith(), 900_000, rules)).toBe(true);
  expect(isRenewalDue(recordWith({ currentSince: 900_000 }), 900_000, rules)).toBe(false);
  expect(isRenewalDue(recordWith({ due: "leaked" }), 0, rules)).toBe(true);
  expect(isRenewalDue(recordWith(waiting), 0, rules)).toBe(true);
  const never = rulesOf({ ...defaultPolicy, renew: false });
  expect(isRenewalDue(recordWith(), 1e12, never)).toBe(false);
  expect(isRenewalDue(recordWith({ due: "privileges-changed" }), 0, never)).toBe(true);
});

test("a session nobody logged in to never renews", () => {
  expect(isRenewalDue(recordWith({ level: null, due: "leaked" }), 1e12, rules)).toBe(false);
});

test("handing out changes nothing but what is pending, and remembers what it answers", () => {
  const record = recordWith(served);
  const successor = { hash: pending, nonce: "n" };
  expect(withPending(record, successor)).toEqual({ ...record, pending: { hash: pending, nonce: "n", settles: false } });
  expect(withPending({ ...record, due: "leaked" }, successor).pending).toMatchObject({ settles: true });
});

test("confirming makes the pending secret current and lets the old one run out", () => {
  const record = recordWith({ current, ...waiting, previous: { hash: older, until: 0, accepted: false } });
  const { pending: _pending, ...rest } = record;
  expect(confirmed(record, 5_000, rules)).toEqual({
    ...rest,
    current: pending,
    currentSince: 5_000,
    previous: { hash: current, until: 35_000, accepted: true },
  });
});

test("confirming what answers a change of privileges refuses the old secret at once, and settles it", () => {
  const due = recordWith({ current, due: "privileges-changed", pending: { hash: pending, nonce: "n", settles: true } });
  const next = confirmed(due, 5_000, rules);
  expect(next.due).toBeUndefined();
  expect(next.previous).toEqual({ hash: current, until: 35_000, accepted: false });
});

test("confirming what was handed out before the change leaves it due", () => {
  const next = confirmed(recordWith({ current, due: "privileges-changed", ...waiting }), 5_000, rules);
  expect(next).toMatchObject({ due: "privileges-changed", previous: { accepted: true } });
});

test("confirming nothing changes nothing", () => {
  const record = recordWith({ due: "leaked" });
  expect(confirmed(record, 5_000, rules)).toBe(record);
});

test("a drawn secret is in force at once: pending and due are gone, the old one is refused", () => {
  const record = recordWith({ current, due: "leaked", ...waiting });
  const { pending: _pending, due: _due, ...rest } = record;
  expect(replaced(record, older, 5_000, rules)).toEqual({
    ...rest,
    current: older,
    currentSince: 5_000,
    previous: { hash: current, until: 35_000, accepted: false },
  });
});

test("a change of privileges is due, and no successor handed out before answers it", () => {
  expect(dueForPrivileges(recordWith())).toEqual(recordWith({ due: "privileges-changed" }));
  const settling = recordWith({ due: "leaked", pending: { hash: pending, nonce: "n", settles: true } });
  expect(dueForPrivileges(settling)).toEqual({ ...settling, due: "privileges-changed", ...waiting });
});

test("a leak is answered by a successor already on its way, which did not leak", () => {
  expect(dueForLeak(recordWith())).toEqual(recordWith({ due: "leaked" }));
  expect(dueForLeak(recordWith(waiting))).toMatchObject({ due: "leaked", pending: { settles: true } });
  const due = recordWith({ due: "privileges-changed" });
  expect(dueForLeak(due)).toBe(due);
});
