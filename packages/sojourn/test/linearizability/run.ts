import type { Clock } from "../../src/core/clock.ts";
import type { Duration } from "../../src/core/duration.ts";
import type { SessionStore } from "../../src/core/store.ts";
import { createSessionManager } from "../../src/manager.ts";
import { check } from "./check.ts";
import { Client, type Scene, type SessionData } from "./client.ts";
import { History } from "./history.ts";
import { kindOfWrong, wrongHistoryText } from "./print.ts";
import { choices } from "./random.ts";
import { Timekeeper } from "./timekeeper.ts";
import type { Deadlines } from "./waits.ts";
import { type WatchedStore, watchedStore } from "./watched-store.ts";

export interface RunOptions {
  /** The store as each process of the application has it; the clients are spread over them. */
  readonly connections: readonly SessionStore[];
  /** What clients ask for, in all. */
  readonly operations: number;
  /** Which choices are made. The same seed makes the same ones; when a server answers is the server's. */
  readonly seed: number;
  /** Milliseconds. Default 400 each. */
  readonly deadlines?: Deadlines;
  /** Clients at work at once. Default 16. */
  readonly clients?: number;
  /** Where the engine's time comes from. Default: the machine's clock. */
  readonly clock?: Clock;
  /** Whether the store promises that no failover undoes an acknowledged removal. Default `true`. */
  readonly removalsAreFinal?: boolean;
  /** Makes trouble until the clients are done, and ends it. */
  readonly disturb?: (run: Disturbed) => Promise<void>;
  /** Told now and then how far the clients are. */
  readonly onProgress?: (done: number) => void;
}

/** A run as whoever disturbs it sees it. */
export interface Disturbed {
  /** How many operations were asked for so far. */
  done(): number;
  isOver(): boolean;
  /** Says that acknowledged writes of the last two seconds may be undone at one moment while `work` goes on. */
  failover(work: () => Promise<void>): Promise<void>;
  /** Says that writes nobody was told of may be undone at one moment while `work` goes on, also where others saw them. */
  crash(work: () => Promise<void>): Promise<void>;
}

export interface Findings {
  /** Operations that clients asked for. */
  readonly tried: number;
  /** Of those, how many were told that the store failed. */
  readonly failed: number;
  readonly sessions: number;
  /** Sessions that were acknowledged and are gone, beyond what the store documents. */
  readonly lost: number;
  /** Sessions that were ended and worked again. */
  readonly revived: number;
  /** Sessions with any other history that no order explains: lost updates, double takes, stale answers. */
  readonly outOfOrder: number;
  /** Sessions that a failover took acknowledged writes from, within what the store documents. */
  readonly undone: number;
  /** Of those, the ones whose acknowledged removal was undone: ended sessions that worked again. */
  readonly undoneRemovals: number;
  /** Milliseconds. */
  readonly longestWait: number;
  /** All that is wrong, for people. */
  readonly complaints: readonly string[];
}

/** How far a replica may be behind, in milliseconds, before what it loses is more than what is documented. */
const replicationLag = 2_000;
const users = ["alice", "bob", "carol", "dave"];
/** Milliseconds. */
const pauseAfterFailure = 20;
const complaintsAtMost = 3;

/** Clients at work on a store, and what came of it. */
export async function runWorkload(options: RunOptions): Promise<Findings> {
  const { connections, operations, seed, deadlines = { read: 400, write: 400 }, disturb } = options;
  const history = new History();
  const crowd = 10;
  // An index also names sessions whose removal was cut short.
  const time = new Timekeeper(deadlines, 4 * crowd);
  const scene: Scene = { history, time, users, crowd, removalsAreFinal: options.removalsAreFinal ?? true };
  const clients = Array.from({ length: options.clients ?? 16 }, (_, index) => {
    const watched = watchedStore(connections[index % connections.length]!);
    const name = `client ${index + 1}`;
    const manager = managerOver(watched, deadlines, options.clock);
    return new Client({ name, manager, watched, choices: choices(seed * 1_000 + index), scene });
  });

  async function undoing(work: () => Promise<void>, lag: number | "unsaid"): Promise<void> {
    const asked = history.next();
    await work();
    history.addFailover({ asked, latest: history.next(), lag });
  }
  let isOver = false;
  let hasFailed = false;
  const disturbing = disturb?.({
    done: () => time.asked,
    isOver: () => isOver,
    failover: (work) => undoing(work, replicationLag),
    crash: (work) => undoing(work, "unsaid"),
  });
  // Trouble that could not be mended: nobody need go on, and `await disturbing` says what it was.
  disturbing?.catch(() => {
    hasFailed = true;
  });
  const untilDone = async (client: Client) => {
    while (time.asked < operations && !hasFailed) {
      const before = time.asked;
      const failed = time.failed;
      await client.act();
      // Nobody who was just turned away tries again at once; a server that refuses would use the run up in a moment.
      if (time.failed > failed) await new Promise((resolve) => setTimeout(resolve, pauseAfterFailure));
      if (Math.floor(before / 1_000) < Math.floor(time.asked / 1_000)) options.onProgress?.(time.asked);
    }
  };
  // Whatever goes wrong, whoever disturbs is told to stop.
  await Promise.all(clients.map(untilDone)).finally(() => {
    isOver = true;
  });
  await disturbing;
  await lookAtAll(history, clients[0]!, time);
  return judged(history, time);
}

function managerOver({ store }: WatchedStore, { read, write }: Deadlines, clock: Clock | undefined) {
  const said = (milliseconds: number): Duration => `${milliseconds / 1_000}s`;
  return createSessionManager<SessionData>({
    store,
    deadlines: { read: said(read), write: said(write) },
    policy: { idle: "8h", absolute: "24h", renew: false, sessionsPerUser: "unlimited" },
    ...(clock && { clock }),
  });
}

/** When all is calm again, every session there ever was is opened: what is lost or came back shows now at the latest. */
async function lookAtAll(history: History, client: Client, time: Timekeeper): Promise<void> {
  for (const known of [...history.sessions]) {
    for (let failed = -1, tries = 0; time.failed !== failed && tries < 200; tries++) {
      failed = time.failed;
      await client.open(known);
    }
  }
}

function judged(history: History, time: Timekeeper): Findings {
  const wrong = { lost: 0, revived: 0, outOfOrder: 0 };
  const undone = { undone: 0, undoneRemovals: 0 };
  const complaints = time.complaints.slice(0, complaintsAtMost);
  for (const operations of history.bySession()) {
    const verdict = check(operations);
    if (verdict.isExplained) {
      if (verdict.undone !== "nothing") undone.undone++;
      if (verdict.undone === "removal") undone.undoneRemovals++;
      continue;
    }
    const kind = kindOfWrong(operations);
    wrong[kind === "out of order" ? "outOfOrder" : kind]++;
    if (complaints.length < complaintsAtMost) complaints.push(wrongHistoryText(operations));
  }
  const { asked: tried, failed, longest: longestWait } = time;
  return { tried, failed, sessions: history.sessions.length, ...wrong, ...undone, longestWait, complaints };
}
