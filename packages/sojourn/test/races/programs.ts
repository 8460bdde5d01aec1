import { contain, undo } from "../../src/contain/contain.ts";
import { SojournError } from "../../src/core/errors.ts";
import { revokeSessions } from "../../src/core/revoke.ts";
import type { Session } from "../../src/core/session.ts";
import { idOf } from "../../src/core/token.ts";
import type { Engine } from "../../src/core/visit.ts";
import type { Actor, Basket, Program, Traits, Use } from "./explorer/actor.ts";
import { mallory, stolen, stolenPending } from "./starts.ts";

/*
 * What meets in the searches: the things applications, users, administrators and thieves do to one user's sessions.
 */

/** Adds one to a number, in a request of its own. */
export const writer = browsing("writer", {}, increment);

/** The same, through a client library that loses the first answer to each write and sends it again by itself. */
export const resendingWriter: Program = { ...browsing("re-sending writer", {}, increment), resends: true };

/** Takes what is there to be taken once. */
export const taker = browsing("taker", {}, async (session, { tell }) => {
  if (session.kind === "locked" || session.id === null) return;
  const { id } = session;
  try {
    if ((await session.take("gift")) !== undefined) tell({ kind: "took", id });
  } catch (error) {
    tell({ kind: "unsure", id });
    throw error;
  }
});

/** Ends the session of the token it came with, also where that was replaced meanwhile. */
export const logout = browsing("logout", { disturbs: true }, async (session, { tell, presented }) => {
  tell({ kind: "logging-out" });
  await session.end();
  if (presented !== null) tell({ kind: "logged-out", id: idOf(presented) });
});

/** Two requests in a row: the first is handed a new secret, the second shows it. */
export const renewal: Program = {
  name: "renewal",
  traits: { browses: true },
  async run({ browse }) {
    await browse();
    await browse();
  },
};

/** A request that the user did not make. */
export const poll: Program = {
  name: "poll",
  traits: { browses: true },
  run: ({ browse }) => browse(undefined, { activity: false }),
};

export const elevation = browsing("elevation", { disturbs: true }, async (session, { tell, issued }) => {
  if (session.kind !== "authenticated") return;
  await session.elevate("aal2");
  const token = issued();
  if (token) tell({ kind: "elevated", id: session.id, token });
});

/** Logs in, and carries the basket over. Twice: a double-submitted form. */
export const login = browsing("login", { disturbs: true, carries: true }, logIn);

/** Logs in on another device, where a user may have two sessions. */
export const limitedLogin: Program = {
  name: "limited login",
  traits: { disturbs: true, limit: 2 },
  async run({ present, tell }) {
    await present(null, (session, request) => logIn(session, { ...request, tell }));
  },
};

/** Holds a copy of the cookie, and renews with it twice. */
export const thief = presenting("thief", stolen);

/** Holds a secret that was handed out to the browser and has not been shown yet. */
export const pendingThief = presenting("thief with a pending secret", stolenPending);

export const revokeAll: Program = {
  name: "revoke-all",
  traits: { disturbs: true, revokesAll: true },
  async run({ engine, tell }) {
    await revokeSessions({ userId: "alice", reason: "revoked-all" }, engine);
    tell({ kind: "revoked-all" });
  },
};

/** An operator locks all of the user's sessions. */
export const containment: Program = {
  name: "containment",
  traits: { disturbs: true, contains: true },
  async run({ engine, tell }) {
    await contain({ userId: "alice" }, { name: "incident", action: "lock" }, oneReadAtATime(engine));
    tell({ kind: "contained" });
  },
};

/** And undoes it, or finds that there is nothing to undo yet. */
export const release: Program = {
  name: "release",
  traits: { releases: true },
  async run({ engine }) {
    await undo("incident", { userId: "alice" }, oneReadAtATime(engine));
  },
};

/** The reduced search shows of rows that are read together no more than a login under a limit needs: not enough to write. */
function oneReadAtATime(engine: Engine): Engine {
  let before: Promise<unknown> = Promise.resolve();
  const find: Engine["storage"]["find"] = (id, options) => {
    const next = before.then(() => engine.storage.find(id, options));
    before = next.catch(() => {});
    return next;
  };
  return { ...engine, storage: { ...engine.storage, find } };
}

/** Garbage collection on a node whose clock is 59 minutes ahead. */
export const sweep: Program = {
  name: "sweep",
  traits: { sweeps: true },
  async run({ engine }) {
    await engine.storage.removeExpired(engine.clock.now() + 59 * 60_000, 10);
  },
};

/** Everybody is away for longer than grace and clock tolerance together. */
export const longPause: Program = {
  name: "long pause",
  traits: { pauses: true },
  async run({ ask }) {
    await ask({ verb: "wait" });
  },
};

/** A subdomain plants the attacker's own session token under the cookie's name. */
export const tossing: Program = {
  name: "tossed cookie",
  traits: { disturbs: true },
  async run({ ask }) {
    await ask({ verb: "toss", cookie: mallory });
  },
};

/** What can meet where somebody is logged in. */
export const signedInPrograms: readonly Program[] = [
  writer,
  resendingWriter,
  taker,
  logout,
  renewal,
  poll,
  elevation,
  login,
  limitedLogin,
  thief,
  pendingThief,
  revokeAll,
  sweep,
  longPause,
  tossing,
];

/** What can meet where nobody is: the visitor's session is anonymous, the user has another one elsewhere. */
export const visitorPrograms: readonly Program[] = [
  writer,
  resendingWriter,
  taker,
  logout,
  poll,
  login,
  limitedLogin,
  revokeAll,
  sweep,
];

type Meanwhile = Pick<Actor, "tell"> & Parameters<Use>[1];

function browsing(
  name: string,
  traits: Traits,
  use: (session: Session<Basket>, meanwhile: Meanwhile) => Promise<void>,
): Program {
  return {
    name,
    traits: { ...traits, browses: true },
    run: ({ browse, tell }) => browse((session, request) => use(session, { ...request, tell })),
  };
}

function presenting(name: string, token: typeof stolen): Program {
  return {
    name,
    traits: { steals: true },
    async run({ present }) {
      const next = await present(token);
      await present(next);
    },
  };
}

async function increment(session: Session<Basket>, { tell }: Meanwhile): Promise<void> {
  // Whoever is not served does not write: a visitor's new session is another story.
  if (session.kind === "locked" || session.id === null) return;
  const { id } = session;
  try {
    await session.update((basket) => {
      basket.count = (basket.count ?? 0) + 1;
    });
    tell({ kind: "incremented", id });
  } catch (error) {
    const isNotApplied = error instanceof SojournError && /^ERR_SESSION_(SUPERSEDED|LOCKED)$/.test(error.code);
    if (!isNotApplied) tell({ kind: "unsure", id });
    throw error;
  }
}

async function logIn(session: Session<Basket>, { tell, presented }: Meanwhile): Promise<void> {
  tell({ kind: "logging-in", from: session.id });
  const { id } = await session.authenticate({ id: "alice", keep: ["count", "gift"] });
  // It takes the place of the session whose token it came with, also where that was replaced meanwhile.
  tell({ kind: "logged-in", id, from: presented && idOf(presented) });
}
