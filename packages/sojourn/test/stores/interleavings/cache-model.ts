import type { SessionId } from "../../../src/core/ids.ts";
import type { StoreChange, StoredSession } from "../../../src/core/store.ts";
import type { Model } from "./search.ts";

/** The session everything is about, and another one that takes its place in a small cache. */
export const hers = "s1" as SessionId;
export const his = "s2" as SessionId;

export type CacheWish =
  | { readonly verb: "begin"; readonly what: string }
  | { readonly verb: "find"; readonly id: SessionId }
  | { readonly verb: "remove" | "update"; readonly id: SessionId }
  /** The node subscribes; answered once its feed is up. */
  | { readonly verb: "watch" }
  /** The node's connection for the feed breaks: what was on its way is lost, and it is told of a gap. */
  | { readonly verb: "cut" };

/** The node with the cache; whoever else there is changes rows elsewhere. */
export const node = 0;

export interface CacheWorld {
  /** The versions of the rows that exist. */
  readonly rows: { readonly [id: string]: number };
  readonly isWatching: boolean;
  /** By read of the node: the version that stood when it began, where it had heard of everything that had led there. */
  readonly reads: { readonly [read: string]: number | "gone" };
}

export const start: CacheWorld = { rows: { [hers]: 1, [his]: 1 }, isWatching: false, reads: {} };

export const rowOf = (id: SessionId, version: number): StoredSession => ({
  ...{ id, version, userId: "alice", ref: null, expiresAt: 9_000_000_000, body: "" },
});

export const cacheModel: Model<CacheWorld, CacheWish, StoreChange> = {
  answersLater: true,
  isWrite: () => false,
  judge: () => null,
  judgeEnd: async () => null,

  perform(world, wish) {
    const { rows, isWatching } = world;
    const told = (change: StoreChange) => (isWatching ? new Map([[node, [change]]]) : new Map());
    switch (wish.verb) {
      case "begin":
        return { world, answer: null };
      case "find": {
        const version = rows[wish.id];
        return { world, answer: version === undefined ? null : rowOf(wish.id, version) };
      }
      case "remove": {
        const { [wish.id]: version, ...others } = rows;
        if (version === undefined) return { world, answer: false };
        return { world: { ...world, rows: others }, answer: true, messages: told({ kind: "removed", id: wish.id }) };
      }
      case "update": {
        const version = rows[wish.id];
        if (version === undefined) return { world, answer: false };
        const updated = { ...world, rows: { ...rows, [wish.id]: version + 1 } };
        return { world: updated, answer: true, messages: told({ kind: "updated", id: wish.id }) };
      }
      case "watch":
        return { world: { ...world, isWatching: true }, answer: null };
      case "cut":
        if (!isWatching) return { world, answer: null };
        return {
          world: { ...world, isWatching: false },
          answer: null,
          cuts: [node],
          messages: new Map([[node, [{ kind: "gap" }]]]),
        };
    }
  },

  hear(world, fact, _actor, mail) {
    const [what = "", read = "", version = ""] = fact.split(" ");
    const { rows, reads } = world;
    if (what === "reads") {
      // With news still on its way the node cannot know better; without any it must.
      const isInformed = mail.every((change) => change.kind !== "gap" && change.id !== hers);
      return isInformed ? { ...world, reads: { ...reads, [read]: rows[hers] ?? "gone" } } : world;
    }
    const { [read]: known, ...others } = reads;
    if (known === "gone" && version !== "none") return "served a session whose removal the node had heard of";
    if (typeof known === "number" && version !== "none" && Number(version) < known)
      return "served a row from before an update that the node had heard of";
    return { ...world, reads: others };
  },
};
