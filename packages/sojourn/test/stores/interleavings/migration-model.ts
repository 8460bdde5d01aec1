import type { SessionId } from "../../../src/core/ids.ts";
import type { SessionStore, StoredSession, StoredUpdate } from "../../../src/core/store.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import { isTombstone, unsealed } from "../../../src/stores/migrating/bodies.ts";
import { migrating } from "../../../src/stores/migrating.ts";
import { testClock } from "../../../src/testing/index.ts";
import type { Line } from "./actor.ts";
import type { Model } from "./search.ts";

/** There is one session. */
export const id = "s1" as SessionId;
export const hers: StoredSession = { id, version: 1, userId: "alice", ref: null, expiresAt: 9_000_000_000, body: "" };

export type Place = "from" | "to";

/** `begin`: the actor's first step, so that what it does may also begin when others are done. */
export type Verb = { readonly verb: "begin" } | StoreVerb;

type StoreVerb = { readonly place: Place } & (
  | { readonly verb: "find" | "remove" | "idsOf" }
  | { readonly verb: "insert"; readonly row: StoredSession }
  | { readonly verb: "update"; readonly row: StoredUpdate }
);

/** Each place holds the one row or nothing; and what the actors told so far. */
export interface World {
  readonly from: StoredSession | null;
  readonly to: StoredSession | null;
  /** Marks whose update was acknowledged. */
  readonly acknowledged: readonly string[];
  readonly removal: "none" | "begun" | "acknowledged";
  /** What each actor knew to be so when it began what it is at. */
  readonly since: { readonly [actor: number]: { readonly acknowledged: readonly string[]; readonly removal: string } };
}

export const unmoved: World = { from: hers, to: null, acknowledged: [], removal: "none", since: {} };
/** As a mover leaves it that dies between its steps. */
export const halfMoved: World = { ...unmoved, from: { ...hers, version: 2, body: "~sojourn:moving~" } };
export const leftOver: World = { ...halfMoved, to: hers };

export const migrationModel: Model<World, Verb, never> = {
  isWrite: ({ verb }) => verb === "insert" || verb === "update" || verb === "remove",

  perform(world, wish) {
    if (wish.verb === "begin") return { world, answer: null };
    const there = world[wish.place];
    const put = (row: StoredSession | null, answer: unknown) => ({ world: { ...world, [wish.place]: row }, answer });
    switch (wish.verb) {
      case "find":
        return { world, answer: there };
      case "idsOf":
        return { world, answer: there?.userId === hers.userId ? [id] : [] };
      case "remove":
        return put(null, there !== null);
      case "insert":
        return there === null ? put(wish.row, true) : { world, answer: false };
      case "update":
        return there?.version === wish.row.version - 1
          ? put({ ...wish.row, userId: there.userId, ref: there.ref }, true)
          : { world, answer: false };
    }
  },

  hear(world, fact, actor) {
    const [what = "", marks = ""] = fact.split(" ");
    const known = world.since[actor] ?? { acknowledged: [], removal: "none" };
    switch (what) {
      case "begins":
        return {
          ...world,
          since: { ...world.since, [actor]: { acknowledged: world.acknowledged, removal: world.removal } },
        };
      case "removes":
        return { ...world, removal: world.removal === "none" ? "begun" : world.removal };
      case "removed":
        return { ...world, removal: "acknowledged" };
      case "wrote":
        if (known.removal === "acknowledged") return "an update of a removed session was acknowledged";
        return { ...world, acknowledged: [...world.acknowledged, marks].sort() };
      case "saw": {
        if (known.removal === "acknowledged") return "a removed session was found";
        const isWhole = known.acknowledged.every((mark) => marks.includes(mark));
        if (!isWhole && world.removal === "none") return "an acknowledged update was not found";
        return new Set(marks).size === marks.length ? world : "an update was applied twice";
      }
      case "missed":
        return world.removal === "none" ? "a session that nobody removed was not found" : world;
      default:
        throw new Error(`Nobody knows what "${fact}" means`);
    }
  },

  judge({ from, to }) {
    const isTwice = from !== null && to !== null && unsealed(from) === null && !isTombstone(to);
    return isTwice ? "the session stands in both stores, and each can change without the other" : null;
  },

  async judgeEnd({ from, to, acknowledged, removal }) {
    const stores = { from: memoryStore(), to: memoryStore() };
    if (from !== null) await stores.from.insert(from, { indexUntil: 0 });
    if (to !== null) await stores.to.insert(to, { indexUntil: 0 });
    const node = migrating({ ...stores, clock: testClock(0) });
    const named = await node.idsOf({ userId: "alice" });
    const found = await node.find(id);
    if (removal === "acknowledged" && found !== null) return "in the end a removed session is found";
    if (removal !== "none") return null;
    if (found === null || named.length === 0) return "in the end a session is lost that nobody removed";
    const isWhole = acknowledged.every((mark) => found.body.includes(mark));
    const { version, userId, ref, expiresAt } = found;
    const isAsItWas =
      JSON.stringify([userId, ref, expiresAt]) === JSON.stringify([hers.userId, hers.ref, hers.expiresAt]);
    if (!isWhole) return `in the end an acknowledged update is lost: ${found.body} without ${acknowledged}`;
    if (version !== 1 + found.body.length || !isAsItWas) return "in the end the session is not what it was";
    return new Set(found.body).size === found.body.length ? null : "in the end an update was applied twice";
  },
};

/** One of the two stores, as an actor has it. */
export function placeOn({ ask }: Line<Verb, never>, place: Place): SessionStore {
  return {
    name: place,
    insert: (row) => ask({ place, verb: "insert", row }) as Promise<boolean>,
    find: () => ask({ place, verb: "find" }) as Promise<StoredSession | null>,
    update: (row) => ask({ place, verb: "update", row }) as Promise<boolean>,
    remove: () => ask({ place, verb: "remove" }) as Promise<boolean>,
    idsOf: () => ask({ place, verb: "idsOf" }) as Promise<SessionId[]>,
    removeExpired: async () => 0,
  };
}
