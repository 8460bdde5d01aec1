import { setImmediate } from "node:timers/promises";
import type { SessionEvent } from "../../src/core/events.ts";
import type { SessionId } from "../../src/core/ids.ts";
import type { Policy } from "../../src/core/policy.ts";
import { decodeRecord, encodeRecord, type SessionRecord } from "../../src/core/record.ts";
import type { ScannableStore, StoredSession, WatchableStore } from "../../src/core/store.ts";
import { createSessionManager, type SessionManager } from "../../src/manager.ts";
import type { SessionManagerOptions } from "../../src/options.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { type FaultyStore, faultyStore, type TestClock, testClock } from "../../src/testing/index.ts";
import { Visitor } from "./visitor.ts";

export type WorldOptions = Partial<Omit<SessionManagerOptions, "schema">> & { readonly policy?: Partial<Policy> };

type AnyData = Record<string, unknown>;

/** An application: a manager over a store in memory, a clock that stands still, and everything that was reported. */
export interface World<Data extends object = AnyData> {
  readonly clock: TestClock;
  /** What the manager talks to: fails on cue. */
  readonly store: FaultyStore;
  /** What is behind it: never fails. */
  readonly rows: ScannableStore & WatchableStore;
  readonly events: SessionEvent[];
  readonly manager: SessionManager<Data>;
  /** Somebody who was never here. */
  newcomer(): Visitor<Data>;
  /** Another process of the same application, over the same store. */
  node(options?: WorldOptions): SessionManager<Data>;
  /** Waits for `work` while time passes: for deadlines and for backing off. */
  whileTimePasses<T>(work: Promise<T>): Promise<T>;
  rowsNow(): Promise<readonly StoredSession[]>;
  row(id: SessionId): Promise<StoredSession>;
  record(id: SessionId): Promise<SessionRecord>;
  /** Another hand at the database. */
  rewrite(id: SessionId, change: (record: SessionRecord) => SessionRecord): Promise<void>;
  /** The types of what was reported since the last call. */
  news(): readonly string[];
}

export function world<Data extends object = AnyData>(options: WorldOptions = {}): World<Data> {
  const clock = testClock();
  const rows = memoryStore();
  const store = faultyStore(rows);
  const events: SessionEvent[] = [];
  const node = (others: WorldOptions = {}) =>
    createSessionManager<Data>({ store, clock, onEvent: (event) => events.push(event), ...options, ...others });
  const manager = node();
  let told = 0;

  async function row(id: SessionId): Promise<StoredSession> {
    const found = await rows.find(id);
    if (found === null) throw new Error(`There is no row ${id}`);
    return found;
  }

  return {
    clock,
    store,
    rows,
    events,
    manager,
    newcomer: () => new Visitor(manager),
    node,
    whileTimePasses: (work) => whileTimePasses(clock, work),
    rowsNow: () => rows.scan(null, 10_000),
    row,
    record: async (id) => recordIn(await row(id)),
    async rewrite(id, change) {
      const { userId: _userId, ref: _ref, ...found } = await row(id);
      const body = encodeRecord(change(recordIn({ ...found, userId: null, ref: null })));
      await rows.update({ ...found, version: found.version + 1, body });
    },
    news() {
      const news = events.slice(told).map(({ type }) => type);
      told = events.length;
      return news;
    },
  };
}

/** Waits for `work`, a tenth of a second at a time. */
export async function whileTimePasses<T>(clock: TestClock, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  work.then(done, done);
  for (let turn = 0; turn < 10_000; turn++) {
    await setImmediate();
    if (isDone) return work;
    clock.advance(100);
  }
  throw new Error("Waited 1,000 seconds for nothing");
}

function recordIn(row: StoredSession): SessionRecord {
  const record = decodeRecord(row.body);
  if (record === null) throw new Error(`The body of ${row.id} is no record`);
  return record;
}
