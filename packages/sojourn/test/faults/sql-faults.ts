import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
import type { SessionStore } from "../../src/core/store.ts";
import { createSessionManager } from "../../src/manager.ts";
import type { DatabaseServer, ServerControl } from "../support/servers/database-server.ts";
import type { SqlDeployment, SqlDeploymentOptions } from "../support/servers/sql-deployments.ts";
import { aRow, forEver } from "../support/sql-rows.ts";
import { Visitor } from "../support/visitor.ts";

export interface FaultySetting {
  readonly name: string;
  /** The signal at which the server stops by itself, without waiting for its clients. */
  readonly stop: "SIGINT" | "SIGTERM";
  start(): Promise<DatabaseServer>;
  deploy(server: DatabaseServer, options?: SqlDeploymentOptions): Promise<SqlDeployment>;
}

/** What a database server may do to whoever uses it, on a server that keeps what it acknowledged. */
export function describeSqlFaults({ name, stop, start, deploy }: FaultySetting): void {
  describe(`faults: ${name}`, () => {
    let server: DatabaseServer;
    let place: SqlDeployment;
    const control = () => server.control as ServerControl;
    beforeAll(async () => {
      server = await start();
      place = await deploy(server);
    });
    afterAll(() => server.close());

    /** Whether the store answers again; tried until it does, because drivers find out one connection after the other. */
    async function untilItAnswers(store: SessionStore) {
      for (;;) {
        try {
          return await store.find("nobody" as SessionId);
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    }

    test.each(["SIGKILL", stop] as const)(
      "ended by %s in the middle of writes and started again: what was acknowledged is there, what was removed is not",
      async (signal) => {
        const { store, close } = await place.connect();
        const kept = new Set<SessionId>();
        const removed = new Set<SessionId>();
        let isUp = true;
        const writers = Array.from({ length: 8 }, async () => {
          while (isUp) {
            const row = aRow({ userId: "alice" });
            try {
              if (await store.insert(row, forEver)) kept.add(row.id);
              if (Math.random() < 0.5) {
                kept.delete(row.id);
                if (await store.remove(row.id)) removed.add(row.id);
              }
            } catch (error) {
              expect(error).toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
              await new Promise((resolve) => setTimeout(resolve, 20));
            }
          }
        });
        while (kept.size < 300) await new Promise((resolve) => setTimeout(resolve, 5));
        await control().kill(signal);
        isUp = false;
        await control().start();
        const { store: after, close: closeAfter } = await place.connect();
        await untilItAnswers(after);
        await untilItAnswers(store);
        // A driver may still carry out, on the server that is back, what a writer asked for before.
        const [asked, gone] = [[...kept], [...removed]];
        const found = await after.versionsOf([...asked, ...gone]);
        const lost = asked.filter((id) => !found.has(id) && kept.has(id));
        const revived = gone.filter((id) => found.has(id));
        console.info(
          `${name}, ${signal}: ${kept.size} kept, ${removed.size} removed; ${lost.length} lost, ${revived.length} revived`,
        );
        expect({ lost, revived }).toEqual({ lost: [], revived: [] });
        // A write whose answer a driver lost stays unanswered; nobody waits for it.
        await Promise.race([Promise.all(writers), new Promise((resolve) => setTimeout(resolve, 2_000))]);
        await Promise.all([
          closeAfter(),
          Promise.race([close(), new Promise((resolve) => setTimeout(resolve, 2_000))]),
        ]);
      },
      60_000,
    );

    test("a server that stands still is unavailable after the deadline, signs nobody out, and is used again afterwards", async () => {
      const { store, close } = await place.connect();
      const manager = createSessionManager({ store, deadlines: { read: "0.5s", write: "0.5s" } });
      const alice = new Visitor(manager);
      await alice.logIn("alice");
      control().pause();
      const start = performance.now();
      const answer = await alice.open().catch((error: unknown) => error);
      const took = Math.round(performance.now() - start);
      control().resume();
      expect(answer).toMatchObject({ code: "ERR_STORE_UNAVAILABLE", status: 503 });
      expect((answer as Error).message).toContain(`The ${store.name} store did not answer`);
      expect(took).toBeLessThan(1_500);
      expect((await alice.open()).kind).toBe("authenticated");
      console.info(`${name}: a server that stands still is refused after ${took} ms at a deadline of 500 ms`);
      await close();
    });

    test("a pool that is used up is unavailable after the deadline, never a hang", async () => {
      const narrow = await deploy(server, { connections: 1 });
      const { store, close } = await narrow.connect();
      const manager = createSessionManager({ store, deadlines: { read: "0.3s", write: "0.3s" } });
      await manager.list("alice");
      control().pause();
      const answers = await Promise.allSettled(Array.from({ length: 20 }, () => manager.list("alice")));
      control().resume();
      for (const answer of answers) expect(answer).toMatchObject({ reason: { code: "ERR_STORE_UNAVAILABLE" } });
      expect(await manager.list("alice")).toEqual([]);
      await close();
    });
  });
}
