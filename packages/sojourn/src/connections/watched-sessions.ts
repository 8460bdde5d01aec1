import { backgroundClock, type Instant, systemClock } from "../core/clock.ts";
import type { SessionId } from "../core/ids.ts";
import type { Credentials, Look, Standing } from "../core/standing.ts";
import type { Feed, FeedState } from "../stores/near-cache/feed.ts";
import { changesOf } from "./changes.ts";
import { type Closing, closingFor, unavailable } from "./closing.ts";
import { createQueue } from "./queue.ts";

/** One connection, as its session is watched for it. */
export interface Watcher {
  readonly credentials: Credentials;
  /** Closes it for good: it removes itself. */
  close(closing: Closing): void;
}

/** A session that has connections. */
interface Watched {
  readonly id: SessionId;
  readonly watchers: Set<Watcher>;
  /** As last seen; 0: not yet. */
  version: number;
  touchDueAt: Instant;
  isBeingTouched: boolean;
  /** How often something may have happened to it, and up to which of these times the store has been asked about it. */
  doubts: number;
  settled: number;
  /** Since when the store has not answered about it; `null`: it has. */
  failingSince: Instant | null;
  callOff(): void;
}

export interface WatchedSessions {
  readonly size: number;
  /** `off` also where the store neither tells nor can be asked for versions: it is asked for every session then. */
  readonly feed: FeedState;
  ready(): Promise<void>;
  of(id: SessionId): ReadonlySet<Watcher>;
  add(watcher: Watcher): void;
  remove(watcher: Watcher): void;
  /** Its user was active. Written down where that is due; a store that cannot be asked costs this activity its note, and nothing else. */
  touch(watcher: Watcher): void;
  close(): Promise<void>;
}

/**
 * Watches the sessions that have connections. Whatever is heard of one, the store is asked about it, and connections whose
 * request would no longer be served are closed; so it is when a timeout may have passed. While nothing can be heard the
 * store is asked again and again; while it cannot be asked, connections are kept for `patience`, and closed then.
 */
export function watchSessions(
  standing: Standing,
  { pollEvery, patience }: { readonly pollEvery: number; readonly patience: number },
): WatchedSessions {
  const { store } = standing;
  // The connections keep the process alive, and nothing that watches them.
  const clock = standing.clock === systemClock ? backgroundClock : standing.clock;
  const sessions = new Map<SessionId, Watched>();
  const queue = createQueue(look);
  const feed: Feed | null = changesOf({
    ...{ store, clock, pollEvery },
    held: () => new Map([...sessions.values()].map(({ id, version }) => [id, version])),
    onChange(id) {
      const session = sessions.get(id);
      if (session) doubt(session);
    },
    onGap() {
      wasFeedUp = false;
      watchWithoutFeed();
    },
  });
  let callOffTick: (() => void) | null = null;
  /** Since the last tick, without a gap. */
  let wasFeedUp = false;
  /** Since when the store has answered about no session. */
  let failingSince: Instant | null = null;
  let isClosed = false;

  const isFeedUp = () => feed?.state === "up";

  function doubt(session: Watched): void {
    session.doubts++;
    queue.add(session);
    watchWithoutFeed();
  }

  async function look(session: Watched): Promise<void> {
    if (session.watchers.size === 0) return;
    const { doubts } = session;
    try {
      const found = await standing.look(session.id);
      // A look that began later was answered before: what this one found is old.
      if (doubts < session.settled) return;
      // A later doubt is not settled by a look that began before it.
      session.settled = doubts;
      session.failingSince = null;
      failingSince = null;
      learn(session, found);
    } catch {
      if (session.watchers.size === 0) return;
      // Still in doubt, and asked about again until patience is at its end.
      session.failingSince ??= clock.now();
      failingSince ??= clock.now();
      watchWithoutFeed();
    }
  }

  function learn(session: Watched, found: Look): void {
    session.version = found.version;
    session.touchDueAt = found.touchDueAt;
    let until = Number.POSITIVE_INFINITY;
    for (const watcher of session.watchers) {
      const verdict = found.of(watcher.credentials);
      if (verdict.served) until = Math.min(until, verdict.until);
      else watcher.close(closingFor(verdict));
    }
    lookAgainAt(session, until);
  }

  function lookAgainAt(session: Watched, instant: Instant): void {
    session.callOff();
    if (session.watchers.size === 0) return;
    session.callOff = clock.after(Math.min(Math.max(instant - clock.now(), 0), longestTimer), () => doubt(session));
  }

  /** Beats while there is somebody to doubt: while the feed is down that is everybody. */
  function watchWithoutFeed(): void {
    if (callOffTick !== null || isClosed || sessions.size === 0) return;
    callOffTick = clock.after(pollEvery, tick);
  }

  function tick(): void {
    callOffTick = null;
    const isUp = isFeedUp();
    // Once more when it has come up: what happened before was told to nobody.
    const isEverybodyDoubted = !isUp || !wasFeedUp;
    wasFeedUp = isUp;
    let areSure = isUp;
    for (const session of [...sessions.values()]) {
      if (isEverybodyDoubted) session.doubts++;
      if (session.settled === session.doubts) continue;
      areSure = false;
      // Where the store answers about none, also those that wait to be asked about.
      if (!isOverdue(session.failingSince) && !isOverdue(failingSince)) queue.add(session);
      else for (const watcher of session.watchers) watcher.close(unavailable);
    }
    if (areSure || sessions.size === 0) failingSince = null;
    else watchWithoutFeed();
  }

  function isOverdue(since: Instant | null): boolean {
    return since !== null && clock.now() - since >= patience;
  }

  function startFeed(): Promise<void> {
    return feed === null ? Promise.resolve() : feed.start();
  }

  return {
    get size() {
      return sessions.size;
    },
    get feed() {
      return feed?.state ?? "off";
    },
    ready: startFeed,
    of: (id) => sessions.get(id)?.watchers ?? nobody,
    add(watcher) {
      const id = watcher.credentials.sessionId;
      const session = sessions.get(id) ?? newcomer(id);
      sessions.set(id, session);
      session.watchers.add(watcher);
      if (feed?.state === "off") startFeed().catch(() => {});
      // Between its handshake and now nobody listened for it.
      doubt(session);
    },
    remove(watcher) {
      const session = sessions.get(watcher.credentials.sessionId);
      if (!session?.watchers.delete(watcher) || session.watchers.size > 0) return;
      session.callOff();
      sessions.delete(session.id);
    },
    touch({ credentials }) {
      const session = sessions.get(credentials.sessionId);
      if (!session || session.isBeingTouched || clock.now() < session.touchDueAt) return;
      session.isBeingTouched = true;
      standing
        .touch(credentials)
        // What it found may be older than what is known by now.
        .then((found) => (found.version < session.version ? doubt(session) : learn(session, found)))
        .catch(() => {})
        .finally(() => {
          session.isBeingTouched = false;
        });
    },
    async close() {
      isClosed = true;
      callOffTick?.();
      await feed?.close();
    },
  };
}

/** Longer ones run at once. */
const longestTimer = 86_400_000;
const nobody: ReadonlySet<Watcher> = new Set();

function newcomer(id: SessionId): Watched {
  const notYet = Number.POSITIVE_INFINITY;
  const unknown = { version: 0, touchDueAt: notYet, isBeingTouched: false, doubts: 0, settled: 0, failingSince: null };
  return { id, watchers: new Set(), ...unknown, callOff() {} };
}
