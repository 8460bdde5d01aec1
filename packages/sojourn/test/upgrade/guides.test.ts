import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programsOf } from "../docs/programs.ts";
import { markdownPages } from "../docs/repository.ts";
import { openWorkshop, type Workshop } from "../docs/workshop.ts";
import type { DatabaseServer } from "../support/servers/database-server.ts";
import { postgresServer } from "../support/servers/postgres.ts";
import { connectClient } from "../support/servers/redis-clients.ts";
import { type RedisTopology, startRedis } from "../support/servers/redis-topologies.ts";
import {
  type EarlierApplication,
  onBetterAuth,
  onConnectRedis,
  onCookieSession,
  onIronSession,
  secret,
} from "./support/earlier-applications.ts";
import { type Libraries, libraries } from "./support/libraries.ts";

let earlierLibraries: Libraries;
let redis: RedisTopology;
let postgres: DatabaseServer;
let pool: Pool;
let workshop: Workshop;
const url = () => `redis://127.0.0.1:${redis.ports[0]}`;

const guides: { readonly [page: string]: () => Promise<EarlierApplication> } = {
  "docs/live-upgrade.md": async () => {
    const { client } = await connectClient("ioredis", redis);
    return onConnectRedis(earlierLibraries, client, url());
  },
  "docs/moving-from-cookie-session.md": () => onCookieSession(earlierLibraries),
  "docs/moving-from-iron-session.md": () => onIronSession(earlierLibraries),
  "docs/moving-from-better-auth.md": () => onBetterAuth(earlierLibraries, pool),
};
const programs = markdownPages()
  .filter(({ path }) => path in guides)
  .flatMap((page) => programsOf(page).map((program) => ({ ...program, page: page.path })));

beforeAll(async () => {
  [earlierLibraries, redis, postgres] = await Promise.all([libraries(), startRedis(), postgresServer()]);
  pool = new Pool({ connectionString: postgres.url.href });
  // What the programs are told as an application is.
  Object.assign(process.env, {
    REDIS_URL: url(),
    DATABASE_URL: postgres.url.href,
    SESSION_SECRET: secret,
    SESSION_KEY: secret,
    SESSION_PASSWORD: secret,
    BETTER_AUTH_SECRET: secret,
  });
  workshop = await openWorkshop(programs, { within: "tools/upgrade/" });
});
afterAll(async () => {
  workshop.close();
  await pool.end();
  await Promise.all([redis.close(), postgres.close()]);
});

test("the programs of the guides compile against the package as it is published", () => {
  expect(workshop.problems).toBe("");
  expect(programs.map(({ page }) => page).sort()).toEqual(Object.keys(guides).sort());
});

describe("a guide's program takes over from the real library", () => {
  test.each(programs)("$name", async (program) => {
    const earlier = await guides[program.page]!();
    const jar = await earlier.logIn("alice");
    const user = await earlier.whoIs(jar);
    await workshop.visit(program, async (origin) => {
      expect(await (await fetch(origin)).text()).toBe("nobody");
      expect(await (await jar.fetch(origin)).text()).toBe(user);
      expect([...jar.cookies.keys()]).toEqual(["__Host-Http-id"]);
      expect(await (await jar.fetch(origin)).text()).toBe(user);
    });
    await earlier.close();
  });
});
