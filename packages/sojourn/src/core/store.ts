import type { Answer } from "./answer.ts";
import type { Instant } from "./clock.ts";
import type { SessionId, UserId } from "./ids.ts";

/** What a store keeps. Five facts it may index, and a body it must never interpret. */
export interface StoredSession {
  readonly id: SessionId;
  /** 1 when inserted, +1 with every update. */
  readonly version: number;
  /** Write-once. `null` for an anonymous session; logging in inserts a new row. */
  readonly userId: UserId | null;
  /**
   * Write-once. How somebody else names this session (an OpenID provider's `sid`, with its issuer), for logout from
   * there. Like `userId`: well-formed Unicode, no NUL, 1 to 255 bytes.
   */
  readonly ref: string | null;
  /** From this instant on the row may be forgotten; before it, never. */
  readonly expiresAt: Instant;
  /** Well-formed Unicode without NUL; kept as it is. */
  readonly body: string;
}

/** An update has no `userId` and no `ref`: they are write-once, so they cannot be said. */
export type StoredUpdate = Omit<StoredSession, "userId" | "ref">;

export interface UpdateOptions {
  /**
   * `true`: nothing is new but when the session was last used. Whoever remembers the row before it lets nobody in who
   * should not be, so a store need not tell those that watch it. Default `false`.
   */
  readonly quiet?: boolean;
}

/** What an index can be asked for. */
export type IndexKey = { readonly userId: UserId } | { readonly ref: string };

/**
 * Durable memory for sessions.
 *
 * There is no upsert, so no caller can bring back a session that was removed, and every write says which version it
 * was based on. Stores do not judge expiry, hash secrets, read the application's clock or parse bodies. They throw only
 * when the outcome is unknown or the database unavailable; a serialization failure or deadlock is `false`, not an error.
 * Ids, user ids and refs are compared byte by byte.
 */
export interface SessionStore {
  /** Names the store in errors and events, for example `"sqlite"`. */
  readonly name: string;
  /**
   * `true` where `find` without `fresh` may answer from a cache or a replica. The engine then reads again, fresh,
   * before it refuses anything, writes anything or sets a cookie.
   */
  readonly mayBeStale?: boolean;
  /**
   * Adds a row. `false` if the id is taken; never overwrites. `indexUntil`: the index must keep the entry at least until
   * then; never earlier than any `expiresAt` this row will have. Stores whose index is the row itself ignore it.
   */
  insert(row: StoredSession, options: { readonly indexUntil: Instant }): Promise<boolean>;
  /**
   * `fresh`: not from a cache, not from a replica. A store that knows at once may answer at once, without a promise. A row
   * that is frozen may be handed out again and again: what the engine makes of it is then made once.
   */
  find(id: SessionId, options?: { readonly fresh?: boolean }): Answer<StoredSession | null>;
  /** Writes if the stored version is exactly `row.version - 1`. `false` if it is not, or the row is gone. */
  update(row: StoredUpdate, options?: UpdateOptions): Promise<boolean>;
  /**
   * `true` if this call removed it. Removing twice is not an error. Throws `ERR_STORE_UNCONFIRMED` if removed but not
   * confirmed as configured.
   */
  remove(id: SessionId): Promise<boolean>;
  /**
   * Only where `remove` can be done and not confirmed. Resolves once what was written about this session is confirmed as
   * configured, also where it is gone, and throws `ERR_STORE_UNCONFIRMED` otherwise: for a removal that is asked for again.
   */
  confirm?(id: SessionId): Promise<void>;
  /** May also name sessions that no longer exist; must not miss one that does. */
  idsOf(key: IndexKey): Promise<readonly SessionId[]>;
  /** Garbage collection. Removes at most `limit` rows with `expiresAt <= before`, judged again at the moment of removal. */
  removeExpired(before: Instant, limit: number): Promise<number>;
}

/** A store that can be paged through, for the console and for moving to another store. */
export interface ScannableStore extends SessionStore {
  /** At most `limit` rows with an id after `after`, in the order of their ids. */
  scan(after: SessionId | null, limit: number): Promise<readonly StoredSession[]>;
}

/**
 * A store that can be walked through, but not in order. One with `scan` needs no `walk`.
 */
export interface WalkableStore extends SessionStore {
  /**
   * About `limit` rows, from the beginning (`null`) or from where an earlier page says that the next one begins; `next` is
   * `null` on the last page. A page may hold fewer, or none. A row that is there from the first page to the last is on one
   * of them, and may be on several. Throws `ERR_STORE_UNAVAILABLE` where the walk must begin again.
   */
  walk(from: string | null, limit: number): Promise<StorePage>;
}

export interface StorePage {
  readonly rows: readonly StoredSession[];
  readonly next: string | null;
}

/** A store that cannot tell what changed, but answers cheaply for many sessions at once: near caches ask it again and again. */
export interface PollableStore extends SessionStore {
  /** The versions of those of `ids` that exist now; one that is left out is gone. Never from a cache or a replica. */
  versionsOf(ids: readonly SessionId[]): Promise<ReadonlyMap<SessionId, number>>;
}

/** A store that tells every process what changed: near caches, open sockets and live pages listen. */
export interface WatchableStore extends SessionStore {
  /**
   * Calls `listener` for every change made from now on, by any process, until the returned function is called; a quiet
   * update it may leave out. Resolves
   * once the feed is up. The same change may be told twice, and in another order than it was made.
   */
  watch(listener: (change: StoreChange) => void): Promise<() => Promise<void>>;
}

export type StoreChange =
  | { readonly kind: "updated" | "removed"; readonly id: SessionId }
  /** The feed was interrupted, or its heartbeat is missing: whoever listens must assume that anything changed. */
  | { readonly kind: "gap" };
