import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPromisedCode, programsOf } from "./programs.ts";
import { markdownPages } from "./repository.ts";
import { openWorkshop, type Workshop } from "./workshop.ts";

const pages = markdownPages().filter(hasPromisedCode);
const programs = pages.flatMap(programsOf);
let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop(programs);
});
afterAll(() => workshop.close());

test("every program of the documentation compiles against the package as it is published", () => {
  expect(workshop.problems).toBe("");
});

describe.concurrent("a program of the documentation runs and ends", () => {
  test.each(programs)("$name", async (program) => {
    const { code, output } = await workshop.run(program);
    expect(code, output).toBe(0);
    const printed = output.split("\n").filter((line) => line !== "");
    expect(printed).toEqual(expect.arrayContaining([...promisedOutput(program.source)]));
  });
});

test("no page shows code that is not run: JavaScript is shown as ts, and other languages do not use the library", () => {
  const javascript = /^(js|jsx|tsx|mjs|cjs|mts|cts|javascript|typescript)$/i;
  const unrun = pages.flatMap(({ path, blocks }) =>
    blocks
      .filter(({ language, code }) => language !== "ts" && (javascript.test(language) || /from "sojourn/.test(code)))
      .map(({ line }) => `${path}, line ${line}`),
  );
  expect(unrun).toEqual([]);
});

test("a block that continues another has one to continue", () => {
  const orphans = pages.flatMap(({ path, blocks }) =>
    blocks
      .filter((block, at) => block.isContinued && !blocks.slice(0, at).some(({ language }) => language === "ts"))
      .map(({ line }) => `${path}, line ${line}`),
  );
  expect(orphans).toEqual([]);
});

/** What the page says a line prints: `console.log(session.kind); // → anonymous`. */
function promisedOutput(source: string): readonly string[] {
  return [...source.matchAll(/\/\/ → (.*)$/gm)].map(([, text = ""]) => text);
}
