import { describe, expect, test } from "vitest";
import type { StoreChange } from "../../src/core/store.ts";
import { nearCache } from "../../src/stores/near-cache.ts";
import { type World, type WorldOptions, world } from "../support/world.ts";

/*
 * Being used is what happens to a session most often. Nobody who remembers it needs to hear of that, and of everything else
 * everybody does.
 */

/** What the store tells those that watch, from now on. */
async function heardIn(of: World): Promise<StoreChange[]> {
  const heard: StoreChange[] = [];
  await of.rows.watch((change) => heard.push(change));
  return heard;
}

async function signedIn(options: WorldOptions = {}) {
  const place = world(options);
  const browser = place.newcomer();
  await browser.logIn("alice");
  return { ...place, browser, heard: await heardIn(place) };
}

test("that a session was used is written down, and told nobody", async () => {
  const { browser, clock, heard, rowsNow } = await signedIn({ policy: { renew: false } });
  const [before] = await rowsNow();
  clock.advance("2m");
  await browser.signedIn();
  const [after] = await rowsNow();
  expect(after?.version).toBe((before?.version ?? 0) + 1);
  expect(heard).toEqual([]);
});

describe("told is", () => {
  test("a change of data", async () => {
    const { browser, heard } = await signedIn();
    await (await browser.signedIn()).update((draft) => void Object.assign(draft, { theme: "dark" }));
    expect(heard).toHaveLength(1);
  });

  test("a successor that is handed out, and its confirmation, also where both fall together with a touch", async () => {
    const { browser, clock, heard } = await signedIn();
    clock.advance("16m");
    await browser.signedIn();
    expect(heard).toHaveLength(1);
    clock.advance("2m");
    await browser.signedIn();
    expect(heard).toHaveLength(2);
  });

  test("a secret that was seen in a URL", async () => {
    const { browser, clock, heard } = await signedIn();
    clock.advance("2m");
    await browser.open({ url: `https://shop.example/?token=${browser.token}` });
    expect(heard).toHaveLength(1);
  });
});

test("another process goes on serving a used session from memory, and keeps it awake for as long as the first", async () => {
  const { browser, clock, node, store, rows, rowsNow } = await signedIn({ policy: { renew: false, idle: "30m" } });
  const cache = nearCache({ ...store, watch: rows.watch }, { entries: 10, maxAge: "12h", clock });
  await cache.ready();
  const elsewhere = node({ store: cache });
  const there = () => browser.at(elsewhere).signedIn();
  await there();
  for (let minutes = 0; minutes < 120; minutes += 2) {
    clock.advance("2m");
    await browser.signedIn();
  }
  // Long idle by what this process remembers; it asks before it says so, and finds nothing to write.
  const [before] = await rowsNow();
  const { endsAt } = await there();
  expect(endsAt.idle).toBe(clock.now() + 30 * 60_000);
  expect(await rowsNow()).toEqual([before]);
  expect(cache.stats).toMatchObject({ drops: 0, gaps: 0 });
  await cache.close();
});
