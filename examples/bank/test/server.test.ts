import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listen } from "./support/open-bank.ts";
import { password, Visitor } from "./support/visitor.ts";

const program = fileURLToPath(new URL("../dist/server.js", import.meta.url));
let folder: string;
let running: ChildProcess | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sojourn-bank-"));
});
afterEach(() => {
  running?.kill("SIGKILL");
  running = null;
  rmSync(folder, { recursive: true });
});

/** Starts the program that `npm start` runs, and waits until it says where it is. */
async function start(environment: Readonly<Record<string, string>> = {}) {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), BANK_DB: join(folder, "deep", "bank.sqlite"), ...environment };
  const child = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "pipe"] });
  running = child;
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const ended = once(child, "close");
  await Promise.race([ended, until(() => output.includes("Ctrl+C"))]);
  return { port, url: `http://localhost:${port}`, child, ended, output: () => output };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  return port;
}

test.each(["SIGINT", "SIGTERM"] as const)("the program says where it is, and closes cleanly on %s", async (signal) => {
  const bank = await start();
  expect(bank.output()).toContain(`http://localhost:${bank.port}`);
  expect(bank.output()).toContain("open an account first");
  expect((await new Visitor(bank).get("/")).status).toBe(200);
  bank.child.kill(signal);
  expect(await bank.ended).toEqual([0, null]);
});

test("accounts and sessions outlive the process", async () => {
  const first = await start();
  const before = new Visitor(first);
  await before.post("/signup", { name: "Ada", email: "ada@example.org", password });
  first.child.kill("SIGTERM");
  await first.ended;
  expect(existsSync(join(folder, "deep", "bank.sqlite"))).toBe(true);
  const second = await start();
  const after = new Visitor(second);
  after.cookie = before.cookie;
  expect((await after.get("/account")).status).toBe(200);
});

test("the events are lines of JSON on the standard output", async () => {
  const bank = await start();
  await new Visitor(bank).post("/signup", { name: "Ada", email: "ada@example.org", password });
  await until(() => bank.output().includes("session_created"));
  const line =
    bank
      .output()
      .split("\n")
      .find((each) => each.startsWith("{")) ?? "";
  expect(JSON.parse(line)).toEqual({
    level: 30,
    time: expect.any(Number),
    type: "session_created",
    newDevice: null,
    sessionId: expect.any(String),
    userId: expect.any(String),
  });
});

test.each([
  [{ PORT: "none" }, "PORT"],
  [{ BANK_IDLE: "soon" }, "idle"],
  [{ BANK_TLS: "certificate.pem" }, "BANK_TLS"],
  [{ BANK_ORIGIN: "http://bank.example" }, "origin"],
])("settings that make no sense are refused at the start: %j", async (environment, says) => {
  const bank = await start(environment);
  expect(await bank.ended).toEqual([1, null]);
  expect(bank.output()).toContain(says);
});
