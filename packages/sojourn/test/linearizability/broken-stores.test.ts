import { describe, expect, test } from "vitest";
import type { SessionStore } from "../../src/core/store.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { brokenCrudely } from "../stores/broken/crude.ts";
import { brokenReads } from "../stores/broken/reads.ts";
import type { BrokenStore } from "../stores/broken/weaken.ts";
import { brokenWrites } from "../stores/broken/writes.ts";
import { jittery } from "./jittery-store.ts";
import { choices } from "./random.ts";
import { type Findings, runWorkload } from "./run.ts";

type Broken = Pick<BrokenStore, "weakness" | "open">;

const known = [...brokenWrites, ...brokenReads, ...brokenCrudely];
const byWeakness = (weakness: string): Broken => known.find((store) => store.weakness === weakness)!;

/** Says yes to one update in a hundred and forgets it. */
const forgetful: Broken = {
  weakness: "one update in a hundred is acknowledged and not made",
  open() {
    const store = memoryStore();
    let updates = 0;
    return [{ ...store, update: async (row) => ++updates % 100 === 0 || store.update(row) }];
  },
};

/** One connection in two reads from a replica that hears of each write a little later. */
const replicated: Broken = {
  weakness: "a fresh find is answered by a replica that is a moment behind",
  open() {
    const store = memoryStore();
    const replica = memoryStore();
    const later = (work: () => void) => void setTimeout(work, 1);
    const behind: SessionStore = {
      ...store,
      async insert(row, options) {
        later(() => void replica.insert(row, options));
        return store.insert(row, options);
      },
      async update(row) {
        later(() => void replica.update(row));
        return store.update(row);
      },
      async remove(id) {
        later(() => void replica.remove(id));
        return store.remove(id);
      },
    };
    return [behind, { ...behind, find: (id) => replica.find(id) }];
  },
};

const lies: readonly { readonly store: Broken; readonly shows: "revived" | "lost" | "outOfOrder" }[] = [
  { store: byWeakness("update inserts what is missing"), shows: "revived" },
  { store: byWeakness("update ignores the version"), shows: "outOfOrder" },
  { store: byWeakness("update reads, awaits, and writes"), shows: "outOfOrder" },
  { store: byWeakness("remove marks the row, and the next update clears the mark"), shows: "revived" },
  { store: byWeakness("a removal is put off until the next sweep"), shows: "revived" },
  { store: byWeakness("find answers from a cache, also when asked for fresh rows"), shows: "outOfOrder" },
  { store: byWeakness("an update writes to every session of the user"), shows: "lost" },
  { store: byWeakness("a removal removes every session of the user"), shows: "lost" },
  { store: replicated, shows: "outOfOrder" },
  { store: forgetful, shows: "outOfOrder" },
];

describe("a store that lies is found out by what its clients were told", () => {
  test.for(lies)("$store.weakness", { timeout: 60_000 }, async ({ store, shows }) => {
    const findings = await lookAt(store, 7);
    expect(findings[shows]).toBeGreaterThan(0);
    expect(findings.complaints[0]).toMatch(/^No order explains these \d+ operations on one session/);
  });
});

test("a value that two callers took is shown as those two takes", { timeout: 60_000 }, async () => {
  const { complaints } = await lookAt(byWeakness("update ignores the version"), 7);
  expect(complaints.join("\n")).toMatch(/take the ticket +ticket of value 1\n.*take the ticket +ticket of value 1/);
});

test("a client library that sends updates again, and so denies its own success, is no lie to the engine's clients", async () => {
  const findings = await lookAt(byWeakness("an update whose answer was lost is sent again"), 7);
  expect(findings.complaints).toEqual([]);
});

function lookAt({ open }: Broken, seed: number): Promise<Findings> {
  const connections = open().map((store, index) => jittery(store, choices(seed + index)));
  return runWorkload({ connections, operations: 5_000, seed });
}
