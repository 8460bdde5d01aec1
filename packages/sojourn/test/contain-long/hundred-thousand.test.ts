import Libsql from "libsql";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
import { randomText, systemRandom } from "../../src/core/random.ts";
import { encodeRecord } from "../../src/core/record.ts";
import type { SessionStore } from "../../src/core/store.ts";
import { StoredData } from "../../src/core/stored-data.ts";
import { type ContainmentProgress, createSessionManager, type SessionManager } from "../../src/index.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { recordWith } from "../support/records.ts";
import type { DatabaseServer } from "../support/servers/database-server.ts";
import type { Deployment } from "../support/servers/deployment.ts";
import { postgresServer } from "../support/servers/postgres.ts";
import { deployRedis } from "../support/servers/redis-deployments.ts";
import { type RedisTopology, startRedis } from "../support/servers/redis-topologies.ts";
import { postgresDeployment, sqliteDeployment } from "../support/servers/sql-deployments.ts";
import { Visitor } from "../support/visitor.ts";

/* An incident: everybody who logged in on one kind of device, on each of the databases, while others go on working. */

const meant = 100_000;
const others = 10_000;
const day = 86_400_000;
const stolen = "Chrome on Windows";

let redis: RedisTopology;
let postgres: DatabaseServer;
beforeAll(async () => {
  [redis, postgres] = await Promise.all([startRedis(), postgresServer()]);
});
afterAll(() => Promise.all([redis.close(), postgres.close()]));

const places: readonly (readonly [string, () => Promise<Deployment>])[] = [
  ["SQLite", sqliteAsAdvised],
  ["PostgreSQL", () => postgresDeployment(postgres, "pg", { connections: 10 })],
  ["Redis", () => deployRedis(redis, "ioredis")],
];
const table: (readonly string[])[] = [];

test.each(places)(
  "on %s: looked at, locked, stopped and gone on with, undone, ended",
  { timeout: 1_200_000 },
  async (name, deploy) => {
    const deployment = await deploy();
    const { store, close } = await deployment.connect();
    try {
      await timing(() => fill(store));
      const manager = createSessionManager({ store, deadlines: { read: "10s", write: "10s" } });
      const victim = new Visitor(manager);
      const bystander = new Visitor(manager);
      await victim.logIn("victim", { label: stolen });
      await bystander.logIn("bystander", { label: "Firefox on Linux" });
      const query = { label: stolen };
      const all = meant + 1;

      const [preview, previewed] = await timing(() => manager.contain(query, { preview: true }));
      expect(preview).toMatchObject({ seen: all + others + 1, sessions: all, users: 25_001, locked: 0, unreadable: 0 });
      expect(preview.samples).toHaveLength(10);

      const traffic = whileWorking(bystander);
      const signal = { aborted: false };
      const order = { name: "incident", action: "lock" } as const;
      const stopHalfway = ({ changed }: ContainmentProgress) => {
        signal.aborted = changed >= meant / 2;
      };
      const [first, firstTook] = await timing(() =>
        manager.contain(query, { ...order, signal, onProgress: stopHalfway }),
      );
      expect(first.isComplete).toBe(false);
      const [rest, restTook] = await timing(() => manager.contain(query, { ...order, resumeAt: first.next }));
      expect(rest).toMatchObject({ gone: 0, failed: 0, unreadable: 0, isComplete: true });
      expect(first.changed + rest.changed).toBe(all);
      expect(await traffic.stop()).toEqual({ refused: 0, served: expect.toSatisfy((count: number) => count > 0) });
      expect((await victim.open()).kind).toBe("locked");
      expect(await lockedNow(manager)).toEqual({ sessions: all + others + 1, locked: all });

      const [again, againTook] = await timing(() => manager.contain(query, order));
      expect(again).toMatchObject({ changed: 0, already: all });

      const [undone, undoneTook] = await timing(() => manager.undoContainment("incident"));
      expect(undone).toMatchObject({ changed: all, failed: 0, isComplete: true });
      expect((await victim.open()).kind).toBe("authenticated");
      expect(await lockedNow(manager)).toEqual({ sessions: all + others + 1, locked: 0 });

      const [ended, endedTook] = await timing(() => manager.contain(query, { ...order, action: "end" }));
      expect(ended).toMatchObject({ changed: all, failed: 0, isComplete: true });
      expect((await victim.open()).kind).toBe("anonymous");
      expect((await bystander.open()).kind).toBe("authenticated");
      expect(await lockedNow(manager)).toEqual({ sessions: others + 1, locked: 0 });
      table.push([
        name,
        count(all + others + 1),
        `${count(preview.sessions)} in ${previewed}`,
        `${count(first.changed)} in ${firstTook}, ${count(rest.changed)} in ${restTook}`,
        `${count(again.already)} in ${againTook}`,
        `${count(undone.changed)} in ${undoneTook}`,
        `${count(ended.changed)} in ${endedTook}`,
      ]);
    } finally {
      await close();
      await deployment.close();
    }
  },
);

afterAll(() => {
  const heading = ["Store", "Sessions", "Preview", "Lock, stopped halfway", "Again: already", "Undo", "End"];
  const lines = [heading, heading.map(() => "---"), ...table].map((cells) => `| ${cells.join(" | ")} |`);
  console.info(lines.join("\n"));
});

/** In WAL mode with `synchronous = NORMAL`: no write waits for the disk, and a loss of power could undo the last ones. */
async function sqliteAsAdvised(): Promise<Deployment> {
  const deployment = await sqliteDeployment();
  return {
    ...deployment,
    async connect() {
      const db = new Libsql(deployment.file);
      db.exec("PRAGMA synchronous = NORMAL");
      return { store: sqliteStore(db), close: async () => void db.close() };
    },
  };
}

/** 100,000 sessions of 25,000 users on the device that is meant, and 10,000 on others. */
async function fill(store: SessionStore): Promise<void> {
  const now = Date.now();
  for (let at = 0; at < meant + others; at += 100) {
    const some = Array.from({ length: 100 }, (_, offset) => at + offset);
    const answers = await Promise.all(
      some.map((number) => {
        const label = number < meant ? stolen : "Safari on iPhone";
        const facts = { startedAt: now, lastSeenAt: now, currentSince: now, loginOrder: now, proofs: { aal1: now } };
        const body = encodeRecord(recordWith({ ...facts, label, data: new StoredData('{"cart":["tea","bread"]}') }));
        const id = randomText(systemRandom, 16) as SessionId;
        const row = { id, version: 1, userId: `user ${number % 25_000}`, ref: null, expiresAt: now + day, body };
        return store.insert(row, { indexUntil: now + 2 * day });
      }),
    );
    expect(answers.every(Boolean)).toBe(true);
  }
}

async function lockedNow(manager: SessionManager<object>) {
  const { sessions, locked } = await manager.contain({ all: true }, { preview: true });
  return { sessions, locked };
}

/** Somebody whose session is not meant goes on working. */
function whileWorking(visitor: Visitor) {
  const counts = { served: 0, refused: 0 };
  let isStopped = false;
  const working = (async () => {
    while (!isStopped) {
      const session = await visitor.open();
      counts[session.kind === "authenticated" ? "served" : "refused"]++;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await working;
      return counts;
    },
  };
}

async function timing<T>(act: () => Promise<T>): Promise<[T, string]> {
  const start = performance.now();
  const answer = await act();
  return [answer, `${((performance.now() - start) / 1_000).toFixed(1)} s`];
}

function count(number: number): string {
  return number.toLocaleString("en");
}
