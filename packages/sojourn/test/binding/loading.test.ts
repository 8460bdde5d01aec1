import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";

const built = fileURLToPath(new URL("../../dist/index.js", import.meta.url));

beforeAll(() => {
  expect(existsSync(built), "This runs the built library: run npm run build first").toBe(true);
});

/** A program that cannot load `jose`, and says how far it comes without. */
const program = (policy: string) => `
import { register } from "node:module";
const hook = "export async function resolve(name, context, next) { if (name === 'jose') throw new Error('jose is asked for'); return next(name, context); }";
register("data:text/javascript," + encodeURIComponent(hook));
const { createSessionManager } = await import(${JSON.stringify(built)});
const { memoryStore } = await import(${JSON.stringify(built.replace("index.js", "stores/memory.js"))});
const manager = createSessionManager({ store: memoryStore(), binding: { policy: ${JSON.stringify(policy)} } });
const sink = { writable: true, setCookie() {}, setHeader() {}, setCaching() {} };
const request = (path) => ({ method: "POST", url: "https://shop.example" + path, secure: true, header: () => null });
await (await manager.open(request("/login"), sink)).authenticate({ id: "ada", keep: "none" });
console.log("logged in");
const answer = manager.binding?.answer(request("/device-binding/refresh"), sink);
console.log(await answer?.catch((error) => error.message));`;

test.each([
  ["where sessions are not bound", "off", "logged in\nundefined\n"],
  ["before the first proof arrives", "offer", "logged in\njose is asked for\n"],
])("nothing that verifies proofs is loaded %s", async (_case, policy, said) => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program(policy)]);
  expect(stdout).toBe(said);
});
