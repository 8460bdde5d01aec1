import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { schema } from "../../src/cli/schema.ts";
import { mysqlSchema } from "../../src/stores/mysql.ts";
import { postgresSchema, postgresWatchSchema } from "../../src/stores/postgres.ts";
import { schemaVersion } from "../../src/stores/schema/version.ts";
import { sqliteSchema } from "../../src/stores/sqlite.ts";

const texts = {
  postgres: postgresSchema,
  "postgres-watch": postgresWatchSchema,
  mysql: mysqlSchema,
  sqlite: sqliteSchema,
};

test.each(Object.entries(texts))("what is shipped is what stands in schema/%s.sql for review", (name, text) => {
  const reviewed = new URL(`../../src/stores/schema/${name}.sql`, import.meta.url);
  expect(text).toBe(readFileSync(reviewed, "utf8"));
});

test.each(["postgres", "mysql", "sqlite"] as const)(
  "the last step of the schema for %s is the version the stores ask for",
  (name) => {
    const steps = [...texts[name].matchAll(/INSERT INTO sojourn_schema \(version\) VALUES \((\d+)\)/g)].map(
      ([, step]) => Number(step),
    );
    expect(steps).toEqual(Array.from({ length: schemaVersion }, (_, index) => index + 1));
  },
);

/** What a command wrote where, and how it ended. */
async function run(...parameters: string[]) {
  const written = { out: "", err: "" };
  const to = (stream: "out" | "err") => ({
    write(text: string) {
      written[stream] += text;
    },
    isInteractive: false,
    hasColour: false,
  });
  return { code: await schema(parameters, { terminal: to("out"), errors: to("err") }), ...written };
}

test("it prints the schema of a database, and nothing else", async () => {
  expect(await run("postgres")).toEqual({ code: 0, out: postgresSchema, err: "" });
  expect(await run("postgres", "--watch")).toEqual({ code: 0, out: postgresWatchSchema, err: "" });
  expect(await run("mysql")).toEqual({ code: 0, out: mysqlSchema, err: "" });
  expect(await run("sqlite")).toEqual({ code: 0, out: sqliteSchema, err: "" });
});

test("what it does not know goes where no SQL goes, with how to use it", async () => {
  for (const parameters of [[], ["oracle"], ["mysql", "--watch"], ["postgres", "mysql"]]) {
    const { code, out, err } = await run(...parameters);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("sojourn schema postgres|mysql|sqlite [--watch]");
  }
  expect(await run("--help")).toMatchObject({ code: 0, err: "" });
});

test("the built command does the same", async () => {
  const built = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
  const node = (...parameters: string[]) =>
    new Promise<{ code: number | string | null | undefined; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, [built, ...parameters], (error, stdout, stderr) =>
        resolve({ code: error ? error.code : 0, stdout, stderr }),
      );
    });
  expect(await node("schema", "mysql")).toEqual({ code: 0, stdout: mysqlSchema, stderr: "" });
  expect(await node("schema", "oracle")).toMatchObject({ code: 2, stdout: "" });
  expect(await node("--help")).toMatchObject({
    code: 0,
    stderr: "",
    stdout: expect.stringContaining("sojourn schema"),
  });
  expect(await node("shema")).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("sojourn schema") });
});
