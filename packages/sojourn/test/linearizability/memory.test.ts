import { expect, test } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { type FaultyStore, faultyStore, type StoreVerb } from "../../src/testing/index.ts";
import { jittery } from "./jittery-store.ts";
import { type Choices, choices } from "./random.ts";
import { type Disturbed, type Findings, runWorkload } from "./run.ts";

const operations = 20_000;
const seeds = [Date.now() % 1_000_000, 2, 3];
const verbs: readonly StoreVerb[] = ["insert", "find", "update", "remove", "idsOf"];

/** The machine's clock with deadlines that pass a hundred times as fast. */
const impatient = {
  now: systemClock.now,
  after: (milliseconds: number, action: () => void) => systemClock.after(milliseconds / 100, action),
};

test.for(seeds)("memory explains every answer, seed %i", { timeout: 60_000 }, async (seed) => {
  const findings = await runWorkload({ connections: [jittery(memoryStore(), choices(seed))], operations, seed });
  say(`memory, seed ${seed}`, findings);
  expect(findings.complaints).toEqual([]);
});

test.for(seeds)(
  "so it does when requests and answers are lost or late, seed %i",
  { timeout: 120_000 },
  async (seed) => {
    const store = faultyStore(memoryStore());
    const findings = await runWorkload({
      connections: [jittery(store, choices(seed))],
      operations,
      seed,
      clock: impatient,
      deadlines: { read: 2_000, write: 2_000 },
      disturb: (run) => loseNowAndThen(store, choices(seed + 1), run),
    });
    say(`memory that loses, seed ${seed}`, findings);
    expect(findings.failed).toBeGreaterThan(20);
    expect(findings.complaints).toEqual([]);
  },
);

/** Cues losses, failures and delays beyond the deadline, as fast as calls use them up. */
async function loseNowAndThen(store: FaultyStore, { one, below }: Choices, run: Disturbed): Promise<void> {
  while (!run.isOver()) {
    const verb = one(verbs);
    one([
      () => store.failNext(verb),
      () => store.loseRequest(verb, { as: one(["silence", "error"] as const) }),
      () => store.loseAnswer(verb, { as: one(["silence", "error"] as const) }),
      () => holdFor(20 + below(60), () => store.hold(verb, { on: one(["request", "answer"] as const) })),
    ])();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** A call that is performed, or answered, long after nobody waits for it any more. */
function holdFor(milliseconds: number, hold: () => { release(): void }): void {
  const held = hold();
  setTimeout(() => held.release(), milliseconds);
}

function say(what: string, { tried, failed, sessions, longestWait }: Findings): void {
  console.info(
    `${what}: ${tried} operations on ${sessions} sessions, ${failed} failed, longest ${Math.round(longestWait)} ms`,
  );
}
