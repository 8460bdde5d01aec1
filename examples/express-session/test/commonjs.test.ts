import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const program = `
const [before, after] = [require("express-session"), require("sojourn/express-session")];
const shapeOf = (session) => ["Store", "MemoryStore", "Cookie", "Session"].map((name) => typeof session[name]);
console.log(JSON.stringify([typeof before, shapeOf(before), typeof after, shapeOf(after)]));
`;

test("an application that is no module requires it as it required express-session", async () => {
  const cwd = new URL("..", import.meta.url);
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=commonjs", "-e", program], { cwd });
  const [before, shapeBefore, after, shapeAfter] = JSON.parse(stdout);
  expect([after, shapeAfter]).toEqual([before, shapeBefore]);
  expect(shapeAfter).toEqual(["function", "function", "function", "function"]);
});
