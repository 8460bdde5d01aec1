import type { SessionRecord } from "../../src/core/record.ts";
import { StoredData } from "../../src/core/stored-data.ts";
import type { LineageHash, SecretHash } from "../../src/core/token.ts";

/** Hashes in form, of nothing. */
export const secretHashOf = (letter: string) => letter.repeat(43) as SecretHash;
export const lineageHashOf = (letter: string) => letter.repeat(22) as LineageHash;

/** A session that was just started by a login, where a test says nothing else. */
export function recordWith(facts: Partial<SessionRecord> = {}): SessionRecord {
  return {
    lineage: lineageHashOf("l"),
    current: secretHashOf("c"),
    currentSince: 0,
    startedAt: 0,
    lastSeenAt: 0,
    level: "aal1",
    proofs: {},
    loginOrder: 0,
    marks: [],
    data: new StoredData("{}"),
    dataVersion: 0,
    ...facts,
  };
}
