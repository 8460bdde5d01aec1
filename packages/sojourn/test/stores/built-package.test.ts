import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";

const built = (file: string) => new URL(`../../dist/${file}.js`, import.meta.url);

beforeAll(() => {
  expect(existsSync(fileURLToPath(built("index"))), "This loads the built library: run `npm run build` first").toBe(
    true,
  );
});

const wrong = [
  { from: "stores/redis", call: "redisStore" },
  { from: "stores/sqlite", call: "sqliteStore" },
  { from: "stores/postgres", call: "postgresStore" },
  { from: "stores/mysql", call: "mysqlStore" },
  { from: "stores/near-cache", call: "nearCache" },
];

test.each(wrong)(
  "what the built $from throws is the very class that the built core exports",
  async ({ from, call }) => {
    const { OptionsError } = await import(built("index").href);
    const { [call]: makeStore } = await import(built(from).href);
    expect(() => makeStore({}, {})).toThrow(OptionsError);
  },
);

test("an error of the built library says the function it came from", async () => {
  const { redisStore } = await import(built("stores/redis").href);
  const thrown = (() => {
    try {
      return redisStore({});
    } catch (error) {
      return error;
    }
  })();
  expect((thrown as Error).stack).toContain("redisStore");
});
