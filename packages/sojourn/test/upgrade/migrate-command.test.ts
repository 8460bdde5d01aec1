import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../src/cli/migrate.ts";
import { upgradeProgress } from "../../src/cli/upgrade-progress.ts";
import { createSessionManager } from "../../src/manager.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { RedisClient } from "../../src/stores/redis.ts";
import { connectRedis, cookieSession, expressSession, liveUpgrade } from "../../src/upgrade/index.ts";
import { signed } from "../support/earlier-app.ts";
import { connectClient } from "../support/servers/redis-clients.ts";
import { type RedisTopology, startCluster, startRedis } from "../support/servers/redis-topologies.ts";
import { Visitor } from "../support/visitor.ts";

let redis: RedisTopology;
let folder: string;
beforeAll(async () => {
  redis = await startRedis();
  folder = mkdtempSync(join(tmpdir(), "sojourn-upgrade-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await redis.close();
});

function recorded(isInteractive = false) {
  const lines: string[] = [];
  const terminal = { write: (text: string) => void lines.push(text), isInteractive, hasColour: isInteractive };
  return { terminal, text: () => lines.join("") };
}

/** Three users of express-session in Redis, each with two hours left, and a manager that moves them. */
async function threeUsers(client: RedisClient, command: (...words: string[]) => Promise<unknown>) {
  for (const id of ["one", "two", "three"]) {
    await command("SET", `sess:${id}`, JSON.stringify({ cookie: {}, user: id }), "EX", "7200");
  }
  const store = memoryStore();
  const upgrade = liveUpgrade({
    sources: [
      expressSession({
        secret: "s",
        store: connectRedis(client),
        carry: ({ user }) => ({ userId: String(user) }),
      }),
      cookieSession({ keys: ["s"], carry: () => null }),
    ],
    until: new Date("2100-01-01"),
  });
  const manager = createSessionManager({ store, liveUpgrade: upgrade });
  const comeBack = (id: string) => new Visitor(manager, new Map([["connect.sid", signed(id, "s")]])).signedIn();
  return { upgrade, store, comeBack };
}

test("the command says what has moved, what is left and until when, and ends with 0 when nothing is left", async () => {
  const { client, close } = await connectClient("node-redis", redis);
  const { upgrade, store, comeBack } = await threeUsers(client, (...words) => redis.servers[0]!.ask(...words));
  await comeBack("one");
  const first = recorded();
  expect(await upgradeProgress({ upgrade, store }, { terminal: first.terminal, watch: false })).toBe(1);
  const until = new Date(Date.now() + 7_200_000).toISOString().slice(0, 10);
  expect(first.text()).toMatch(
    new RegExp(
      `^express-session: 1 moved \\(33 %\\), 2 left; the last ends by (${until}|\\d{4}-\\d\\d-\\d\\d) \\d\\d:\\d\\d UTC unless it is used\n`,
    ),
  );
  expect(first.text()).toContain(
    "cookie-session: 0 moved; what is left cannot be counted, the cookie is all there is\n",
  );
  expect(first.text()).toContain("2 left. No earlier session is moved after 2100-01-01.\n");
  expect(stripVTControlCharacters(first.text())).toBe(first.text());
  expect(first.text()).not.toContain("\r");

  // Watched, it goes on until the last user has come back; where a person looks, the count is drawn over.
  const person = recorded(true);
  const watching = upgradeProgress({ upgrade, store }, { terminal: person.terminal, watch: true, every: 5 });
  await comeBack("two");
  await comeBack("three");
  expect(await watching).toBe(0);
  expect(person.text()).toContain("\rCounting: ");
  expect(person.text()).toContain("express-session: 3 moved, none left\n");
  expect(person.text()).toContain("\u001b[32mNothing is left that can be counted.\u001b[0m");
  await close();
});

test("a module that exports the upgrade and not the store is told so; another flag is none", async () => {
  const errors = recorded();
  const config = join(folder, "no-store.mjs");
  writeFileSync(config, "export const upgrade = { sources: [], until: new Date() };\n");
  const run = (...parameters: string[]) =>
    migrate(parameters, { terminal: recorded().terminal, errors: errors.terminal });
  expect(await run(config)).toBe(2);
  expect(errors.text()).toContain("it must export the manager's store too");
  expect(await run(config, "--wach")).toBe(2);
});

test("the command itself, on a module of the application", async () => {
  const config = join(folder, "sessions.mjs");
  const source = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
  writeFileSync(
    config,
    `import { memoryStore } from ${source("stores/memory.ts")};
import { cookieSession, liveUpgrade } from ${source("upgrade/index.ts")};
export const store = memoryStore();
export const upgrade = liveUpgrade({ sources: [cookieSession({ keys: ["s"], carry: () => null })], until: new Date("2100-01-01") });
`,
  );
  const out = recorded();
  expect(await migrate([config, "--watch"], { terminal: out.terminal, errors: out.terminal })).toBe(0);
  expect(out.text()).toContain("cookie-session: 0 moved");
});

test("on a Redis Cluster a session is taken on the node that has it, and all are counted", {
  timeout: 60_000,
}, async () => {
  const cluster = await startCluster();
  try {
    for (const name of ["node-redis", "ioredis"] as const) {
      const { client, close } = await connectClient(name, cluster);
      const through = client as unknown as {
        call?(name: string, words: string[]): Promise<unknown>;
        sendCommand(key: string, isReadonly: boolean, words: string[]): Promise<unknown>;
      };
      const command = (...words: string[]) =>
        through.call ? through.call(words[0]!, words.slice(1)) : through.sendCommand(words[1]!, false, words);
      const { upgrade, store, comeBack } = await threeUsers(client, command);
      for (const id of ["one", "two", "three"]) await comeBack(id);
      expect(await upgradeProgress({ upgrade, store }, { terminal: recorded().terminal, watch: false })).toBe(0);
      await close();
    }
  } finally {
    await cluster.close();
  }
});
