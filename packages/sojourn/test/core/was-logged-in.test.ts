import { expect, test } from "vitest";
import { anonymous } from "../support/kinds.ts";
import type { Visitor } from "../support/visitor.ts";
import { type World, world } from "../support/world.ts";

/** What becomes of somebody before their next request, the reason that request is given, and whether they were logged in. */
type Story = [string, (here: World, browser: Visitor) => Promise<unknown>, string, boolean | null];

async function visited(_here: World, browser: Visitor): Promise<void> {
  await (await browser.open()).csrfToken();
}

test.each<Story>([
  ["was never here", async () => {}, "none", false],
  ["is a visitor of whom something is known", visited, "none", false],
  [
    "was away for too long, and never logged in",
    async (here, browser) => {
      await visited(here, browser);
      here.clock.advance("30m");
    },
    "idle",
    false,
  ],
  [
    "was away for too long",
    async (here, browser) => {
      await browser.logIn("alice");
      here.clock.advance("30m");
    },
    "idle",
    true,
  ],
  [
    "was logged in for too long",
    async (here, browser) => {
      await browser.logIn("alice");
      here.clock.advance("8h");
    },
    "absolute",
    true,
  ],
  [
    "comes with a secret that was replaced",
    async (_here, browser) => {
      await browser.logIn("alice");
      await (await browser.copy().signedIn()).elevate("aal2");
    },
    "superseded",
    true,
  ],
  [
    "was logged out from elsewhere",
    async (here, browser) => {
      await browser.logIn("alice");
      await here.manager.revokeAll("alice");
    },
    "unknown",
    null,
  ],
  [
    "guesses the secret of somebody who is logged in",
    async (_here, browser) => {
      await browser.logIn("alice");
      browser.token = browser.token.slice(0, 23) + "A".repeat(44);
    },
    "mismatch",
    null,
  ],
  [
    "comes with what is no token",
    async (here, browser) => {
      await visited(here, browser);
      browser.token = "x";
    },
    "malformed",
    null,
  ],
])("somebody who %s", async (_, before, because, wasLoggedIn) => {
  const here = world();
  const browser = here.newcomer();
  await before(here, browser);
  const { because: reason, wasLoggedIn: told } = anonymous(await browser.open());
  expect({ because: reason, wasLoggedIn: told }).toEqual({ because, wasLoggedIn });
});
