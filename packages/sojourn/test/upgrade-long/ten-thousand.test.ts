import express from "express";
import { createClient } from "redis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expressSessions } from "../../src/adapters/express.ts";
import { upgradeProgress } from "../../src/cli/upgrade-progress.ts";
import type { SessionEvent } from "../../src/core/events.ts";
import { createSessionManager } from "../../src/manager.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { liveUpgrade } from "../../src/upgrade/index.ts";
import { listen } from "../adapters/applications/listen.ts";
import { type RedisServer, startRedisServer } from "../support/servers/redis-server.ts";
import { onConnectRedis } from "../upgrade/support/earlier-applications.ts";
import type { Jar } from "../upgrade/support/jar.ts";
import { libraries } from "../upgrade/support/libraries.ts";

const users = 10_000;
/** Requests under way at once, to an application on this machine. */
const atOnce = 32;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.close());

test(`${users} sessions of express-session in Redis move under traffic, none logged out, and none comes a second time`, {
  timeout: 1_200_000,
}, async () => {
  const url = `redis://127.0.0.1:${server.port}`;
  const client = await createClient({ url }).connect();
  const earlier = await onConnectRedis(await libraries(), client, url);
  const jars = await forEach(users, (number) => earlier.logIn(`user ${number}`));
  expect(await earlier.rows!()).toBe(users);
  const copies = jars.map((jar) => jar.copy());

  const events: SessionEvent[] = [];
  const clock = { now: () => Date.now() + clock.passed, after: later, passed: 0 };
  const store = redisStore(client);
  const upgrade = liveUpgrade({ sources: [earlier.source()], until: new Date(Date.now() + 30 * 86_400_000) });
  const onEvent = (event: SessionEvent) => events.push(event);
  // Two processes' worth: nothing is shared between them but Redis.
  const nodes = await Promise.all(
    [0, 1].map(() => serve(createSessionManager({ store: redisStore(client), clock, liveUpgrade: upgrade, onEvent }))),
  );
  const anyNode = () => nodes[Math.floor(Math.random() * nodes.length)]!.origin;

  let halfWay = "";
  const start = performance.now();
  const seen = { requests: 0, loggedOut: 0, failed: 0, lost: 0 };
  const visit = async (jar: Jar, user: string, loses = false) => {
    seen.requests++;
    if (loses) seen.lost++;
    const response = await jar.fetch(anyNode(), { loses });
    if (response.status !== 200) seen.failed++;
    else if ((await response.text()) !== user) seen.loggedOut++;
  };
  await forEach(users, async (number) => {
    const [jar, user] = [jars[number]!, `user ${number}`];
    // A page and what it loads, all with the earlier cookie; of every tenth the first answer is lost on the way.
    if (number % 10 === 0) await visit(jar, user, true);
    if (number % 3 === 0) await Promise.all([visit(jar, user), visit(jar.copy(), user), visit(jar.copy(), user)]);
    else await visit(jar, user);
    await visit(jar, user);
    if (number === users / 2) halfWay = await said({ upgrade, store });
  });
  const seconds = (performance.now() - start) / 1_000;
  const moved = events.filter(({ type }) => type === "session_moved").length;
  const left = await earlier.rows!();
  const report = await said({ upgrade, store });

  clock.passed = 61_000;
  let replayed = 0;
  await forEach(users, async (number) => {
    const response = await copies[number]!.fetch(anyNode());
    if ((await response.text()) !== "") replayed++;
  });
  clock.passed = 0;
  let still = 0;
  await forEach(users, async (number) => {
    if ((await (await jars[number]!.fetch(anyNode())).text()) === `user ${number}`) still++;
  });
  console.info(
    `express-session in Redis: ${users} sessions moved by ${seen.requests} requests in ${seconds.toFixed(1)} s ` +
      `(${Math.round(seen.requests / seconds)} a second, ${atOnce} at once, ${seen.lost} answers lost); ` +
      `${seen.loggedOut} logged out, ${seen.failed} failed, ${moved} moved, ${left} earlier keys left; ` +
      `a minute later ${replayed} of ${users} copied cookies still worked, and ${still} users were still logged in.\nHalf way: ${halfWay}At the end: ${report}`,
  );
  expect(seen).toMatchObject({ loggedOut: 0, failed: 0 });
  expect({ moved, left, replayed, still }).toEqual({ moved: users, left: 0, replayed: 0, still: users });
  const cookies = new Set(jars.map(({ cookies }) => [...cookies.keys()].join()));
  expect([...cookies]).toEqual(["__Host-Http-id"]);
  for (const node of nodes) await node.close();
  await earlier.close();
  client.destroy();
});

async function serve(manager: ReturnType<typeof createSessionManager>) {
  const sessions = expressSessions(manager);
  const app = express();
  app.use(sessions.middleware);
  app.get("/", (request, response) => {
    response.send(sessions.of(request).userId ?? "");
  });
  return listen(app);
}

async function said(config: Parameters<typeof upgradeProgress>[0]): Promise<string> {
  const lines: string[] = [];
  const terminal = { write: (text: string) => void lines.push(text), isInteractive: false, hasColour: false };
  await upgradeProgress(config, { terminal, watch: false });
  return lines.join("");
}

/** Runs `work` for every number, some at once. */
async function forEach<Result>(count: number, work: (number: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const number = next++;
      results[number] = await work(number);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

function later(milliseconds: number, then: () => void): () => void {
  const timer = setTimeout(then, milliseconds);
  return () => clearTimeout(timer);
}
