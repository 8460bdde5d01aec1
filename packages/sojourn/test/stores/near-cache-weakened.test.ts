import { expect, test, vi } from "vitest";
import { type CacheCombination, searchCache } from "./interleavings/cache-search.ts";

/** What is weakened in this test. */
const weakened = vi.hoisted(() => ({ what: "" }));

vi.mock("../../src/stores/near-cache/reads.ts", async (original) => {
  const real = await original<typeof import("../../src/stores/near-cache/reads.ts")>();
  return {
    createReads() {
      const reads = real.createReads();
      return {
        ...reads,
        begin(...given: Parameters<typeof reads.begin>) {
          const read = reads.begin(...given);
          return weakened.what === "fills" ? { ...read, isUndisturbed: () => true } : read;
        },
        disturb: (id: Parameters<typeof reads.disturb>[0]) =>
          weakened.what === "shares" ? undefined : reads.disturb(id),
      };
    },
  };
});

vi.mock("../../src/stores/near-cache/feed.ts", async (original) => {
  const real = await original<typeof import("../../src/stores/near-cache/feed.ts")>();
  const createFeed: typeof real.createFeed = (parts) => {
    const feed = real.createFeed(weakened.what === "gaps" ? { ...parts, onGap() {} } : parts);
    return weakened.what === "no feed" ? { ...feed, state: "up" } : feed;
  };
  return { createFeed };
});

const weaknesses: readonly (CacheCombination & { readonly what: string; readonly name: string })[] = [
  {
    what: "fills",
    name: "a read keeps what it found, whatever was heard since it began",
    tasks: ["find", "find"],
    changes: ["remove"],
  },
  {
    what: "shares",
    name: "a request joins a read that began before the news",
    tasks: ["find", "find"],
    changes: ["update"],
  },
  { what: "gaps", name: "a gap drops nothing", tasks: ["find", "find"], changes: ["remove", "cut"] },
  { what: "no feed", name: "rows are kept and served without the feed", tasks: ["find", "find"], changes: ["remove"] },
];

test.each(weaknesses)("the search finds what goes wrong where $name", { timeout: 120_000 }, async (weakness) => {
  weakened.what = weakness.what;
  const { bad } = await searchCache(weakness);
  console.info(`${weakness.name}:\n  ${bad?.steps.join("\n  ")}\n  => ${bad?.violated}`);
  expect(bad?.violated).toMatch(/^served a /);
});
