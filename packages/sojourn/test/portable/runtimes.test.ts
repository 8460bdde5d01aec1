import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Runtime, runtimes, toldBy } from "./runtimes.ts";
import { suites } from "./stories/suites.ts";
import type { Line } from "./stories/tell.ts";

/*
 * What every runtime says of the stories: each runs the same bundle against the built package, in a process of its own. A
 * story that a runtime did not tell has failed, and so has a reason that is not among those known here.
 */

for (const runtime of runtimes) {
  describe(`runtime: ${runtime.name} ${versionOf(runtime)}`, () => {
    let lines: readonly Line[] = [];
    let end = async () => {};
    beforeAll(async () => {
      ({ lines, end } = await toldBy(runtime));
    }, 300_000);
    afterAll(() => end());

    for (const { name, stories } of suites) {
      describe(name, () => {
        const reason = runtime.doesNotOffer[name];
        if (reason !== undefined) {
          test(`not offered: ${reason}`, () => {
            expect(lines).toContainEqual({ suite: name, notOffered: reason });
          });
          return;
        }
        for (const story of Object.keys(stories)) {
          test(story, () => {
            const told = lines.find((line) => "story" in line && line.suite === name && line.story === story);
            expect(told ?? "not told").toEqual({ suite: name, story, error: null });
          });
        }
      });
    }

    test("it told all of them, to the end", () => {
      expect(lines.at(-1)).toEqual({ end: true });
    });
  });
}

function versionOf({ path }: Runtime): string {
  const printed = execFileSync(path, ["--version"], { encoding: "utf8" });
  return /\d+(?:[.-]\d+)+/.exec(printed)?.[0] ?? "?";
}
