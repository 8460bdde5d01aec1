import { expectTypeOf, test } from "vitest";
import type { PollableStore, ScannableStore, SessionStore, WalkableStore, WatchableStore } from "../../src/index.ts";
import { migrating } from "../../src/stores/migrating.ts";
import { nearCache } from "../../src/stores/near-cache.ts";

declare const plain: SessionStore;
declare const scannable: ScannableStore;
declare const walkable: WalkableStore;
declare const watchable: ScannableStore & WatchableStore;
declare const pollable: ScannableStore & PollableStore;

test("a near cache needs a store that tells what changed, or can be polled", () => {
  const options = { entries: 100, maxAge: "30s" } as const;
  expectTypeOf(nearCache(watchable, options)).toExtend<SessionStore>();
  expectTypeOf(nearCache(pollable, options).stats.feed).toEqualTypeOf<"off" | "down" | "up">();
  // @ts-expect-error neither watch nor versionsOf
  nearCache(plain, options);
  // @ts-expect-error no bound on age
  nearCache(watchable, { entries: 100 });
  // @ts-expect-error a duration has a unit
  nearCache(watchable, { entries: 100, maxAge: 30 });
});

test("what can be paged or walked through can be walked through together", () => {
  expectTypeOf(migrating({ from: scannable, to: walkable }).walk).toEqualTypeOf<WalkableStore["walk"]>();
  expectTypeOf(migrating({ from: plain, to: walkable })).not.toExtend<WalkableStore>();
  expectTypeOf(nearCache(watchable, { entries: 1, maxAge: "30s" }).walk).toEqualTypeOf<
    WalkableStore["walk"] | undefined
  >();
});

test("two stores together can do what both can do", () => {
  expectTypeOf(migrating({ from: plain, to: watchable })).toExtend<SessionStore>();
  expectTypeOf(migrating({ from: scannable, to: watchable })).toExtend<ScannableStore>();
  expectTypeOf(migrating({ from: watchable, to: watchable })).toExtend<WatchableStore>();
  expectTypeOf(migrating({ from: pollable, to: pollable })).toExtend<PollableStore>();
  expectTypeOf(migrating({ from: pollable, to: watchable })).not.toExtend<PollableStore>();
  expectTypeOf(migrating({ from: scannable, to: watchable })).not.toExtend<WatchableStore>();
  // @ts-expect-error there are two phases
  migrating({ from: plain, to: watchable, phase: "done" });
});
