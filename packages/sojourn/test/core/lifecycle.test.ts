import fc from "fast-check";
import { expect, test } from "vitest";
import { said } from "../support/kinds.ts";
import type { Visitor } from "../support/visitor.ts";
import { type World, world } from "../support/world.ts";

/*
 * The life of one browser's session, as a model of what must be true of it, against the engine. A thief copies the cookie
 * now and then. The model knows the browser's session only: signed in since when, seen when, with which data.
 */

interface Model {
  /** `null`: nobody is signed in. */
  session: { since: number; seen: number; level: number; count: number } | null;
  now: number;
  /** Whether the thief has a copy of the session that the browser has now, and used it since the last new secret. */
  isCopied: boolean;
}

interface Real {
  readonly here: World;
  readonly browser: Visitor;
  thief: Visitor;
}

type Command = fc.AsyncCommand<Model, Real>;

const idle = 30 * 60_000;
const absolute = 8 * 3_600_000;
/** Activity is written down at most this often, so idle may fire this much earlier. */
const touchEvery = 60_000;

/** What the model says of a request now: signed in, out, or either, within one touch interval of the idle limit. */
function expected({ session, now }: Readonly<Model>): "in" | "out" | "either" {
  if (session === null || now - session.since >= absolute) return "out";
  const away = now - session.seen;
  if (away >= idle) return "out";
  return away < idle - touchEvery ? "in" : "either";
}

function check(model: Model, word: string): boolean {
  const isIn = word === "authenticated, alice";
  const judged = expected(model);
  expect([judged, word]).toEqual([judged === "either" ? "either" : isIn ? "in" : "out", word]);
  if (isIn && model.session) model.session.seen = model.now;
  if (!isIn) model.session = null;
  return isIn;
}

const visit: Command = {
  check: () => true,
  toString: () => "visit",
  async run(model, { browser }) {
    check(model, said(await browser.open()));
  },
};

const login: Command = {
  check: () => true,
  toString: () => "login",
  async run(model, { browser, thief }) {
    await browser.logIn("alice");
    model.session = { since: model.now, seen: model.now, level: 1, count: 0 };
    model.isCopied = false;
    // Whatever was copied before is worth nothing.
    expect(said(await thief.open())).not.toBe("authenticated, alice");
  },
};

const elevate: Command = {
  check: (model) => expected(model) === "in",
  toString: () => "elevate",
  async run(model, { browser, thief }) {
    const session = await browser.signedIn();
    await session.elevate("aal2");
    check(model, said(session));
    model.session!.level = 2;
    model.isCopied = false;
    expect(said(await thief.open())).not.toBe("authenticated, alice");
  },
};

const update: Command = {
  check: (model) => expected(model) === "in",
  toString: () => "update",
  async run(model, { browser }) {
    const session = await browser.signedIn();
    check(model, said(session));
    await session.update((draft) => {
      draft.count = Number(draft.count ?? 0) + 1;
    });
    model.session!.count++;
    expect(session.data.count).toBe(model.session!.count);
    expect(session.level).toBe(`aal${model.session!.level}`);
    expect(session.authenticatedAt).toBe(model.session!.since);
  },
};

const logout: Command = {
  check: (model) => expected(model) === "in",
  toString: () => "logout",
  async run(model, { browser, thief }) {
    await (await browser.signedIn()).end();
    model.session = null;
    model.isCopied = false;
    expect(said(await thief.open())).not.toBe("authenticated, alice");
  },
};

const revokeAll: Command = {
  check: () => true,
  toString: () => "revoke all",
  async run(model, { here, browser, thief }) {
    await here.manager.revokeAll("alice");
    model.session = null;
    model.isCopied = false;
    expect(said(await browser.open())).not.toBe("authenticated, alice");
    expect(said(await thief.open())).not.toBe("authenticated, alice");
  },
};

const copy: Command = {
  check: (model) => model.session !== null,
  toString: () => "thief copies",
  async run(model, real) {
    real.thief = real.browser.copy();
    model.isCopied = true;
  },
};

/** The thief shows a copy and throws the answer away: at worst the session ends, and never does it become another's. */
const show: Command = {
  check: (model) => model.isCopied,
  toString: () => "thief shows",
  async run(model, { thief, here }) {
    const { session } = await thief.request({ activity: false });
    const rows = await here.rows.idsOf({ userId: "alice" });
    if (session.kind === "anonymous" && session.because === "replay") {
      // Somebody kept a copy: the session is over for both.
      model.session = null;
      model.isCopied = false;
      expect(rows).not.toContain(thief.token.slice(0, 22));
    }
  },
};

function wait(milliseconds: number): Command {
  return {
    check: () => true,
    toString: () => `wait ${milliseconds / 1_000} s`,
    async run(model, { here }) {
      here.clock.advance(milliseconds);
      model.now += milliseconds;
    },
  };
}

const commands = [
  ...[visit, login, elevate, update, logout, revokeAll, copy, show].map((command) => fc.constant(command)),
  fc.constant(visit),
  fc.constantFrom(1_000, 59_000, 120_000, 600_000, 905_000, 1_700_000, 1_800_000, 7_200_000).map(wait),
  fc.integer({ min: 0, max: 2_000_000 }).map(wait),
];

test("whatever a browser, its user, an administrator, a thief and time do: signed in exactly when the rules say so", async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 50 }), async (steps) => {
      await fc.asyncModelRun(() => {
        const here = world({ policy: { sessionsPerUser: 3 } });
        const model: Model = { session: null, now: here.clock.now(), isCopied: false };
        return { model, real: { here, browser: here.newcomer(), thief: here.newcomer() } };
      }, steps);
    }),
    { numRuns: 75 },
  );
});

test("any mix of writers and takers of one session, with requests that do neither, loses nothing and doubles nothing", async () => {
  const step = fc.constantFrom<"count" | "take" | "poll">("count", "take", "poll");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
      const here = world();
      const browser = here.newcomer();
      const session = await browser.logIn("alice");
      await session.update((draft) => {
        draft.flash = "once";
      });
      const opened = await Promise.all(steps.map(() => browser.copy().signedIn()));
      const work = steps.map(async (name, at) => {
        const mine = opened[at]!;
        if (name === "count") {
          await mine.update((draft) => {
            draft.count = Number(draft.count ?? 0) + 1;
          });
        }
        return name === "take" ? mine.take("flash") : undefined;
      });
      const results = await here.whileTimePasses(Promise.all(work));
      const { data } = await browser.signedIn();
      expect(Number(data.count ?? 0)).toBe(steps.filter((name) => name === "count").length);
      const takers = steps.filter((name) => name === "take").length;
      expect(results.filter((value) => value === "once")).toHaveLength(Math.min(takers, 1));
    }),
    { numRuns: 50 },
  );
});
