import { systemClock } from "../../core/clock.ts";
import { SojournError } from "../../core/errors.ts";
import type { SessionId } from "../../core/ids.ts";
import { randomText, systemRandom } from "../../core/random.ts";
import type { StoreChange } from "../../core/store.ts";
import { redisError } from "./errors.ts";
import type { Redis } from "./redis.ts";

export interface FeedOptions {
  readonly channel: string;
  /** Milliseconds between two beats, and until the first one must have come back. */
  readonly heartbeat: number;
}

/** What the scripts publish. */
export const changeMessage = {
  updated: (id: SessionId) => `u${id}`,
  removed: (id: SessionId) => `r${id}`,
};

export interface Feed {
  /** Resolves when the feed is broken or closed. */
  readonly lost: Promise<void>;
  close(): void;
}

/**
 * One subscription, from its first beat that came back to its end. A beat is published by every primary, since in a
 * Cluster each hands on its own changes; one that has not come back when the next is due ends the feed.
 */
export async function openFeed(
  redis: Redis,
  { channel, heartbeat }: FeedOptions,
  listener: (change: StoreChange) => void,
): Promise<Feed> {
  const beat = `b${randomText(systemRandom, 9)}`;
  let expected = Number.POSITIVE_INFINITY;
  let received = 0;
  let callOff = () => {};
  const over = new AbortController();
  let isOver = false;
  const up = deferred();
  const lost = deferred();

  function end(reason?: unknown): void {
    if (isOver) return;
    isOver = true;
    callOff();
    over.abort();
    lost.resolve();
    up.reject(reason === undefined ? silence(channel) : redisError(reason));
  }
  function cameThrough(): void {
    if (received >= expected) up.resolve();
  }
  function send(): void {
    expected = Number.POSITIVE_INFINITY;
    received = 0;
    redis.sendToAll(["PUBLISH", channel, beat]).then((primaries) => {
      expected = primaries;
      cameThrough();
    }, end);
    callOff = systemClock.after(heartbeat, () => (received >= expected ? send() : end()));
  }
  function hear(message: string): void {
    if (isOver) return;
    const id = message.slice(1) as SessionId;
    if (message.startsWith("u")) listener({ kind: "updated", id });
    else if (message.startsWith("r")) listener({ kind: "removed", id });
    else if (message === beat) {
      received++;
      cameThrough();
    }
  }

  callOff = systemClock.after(heartbeat, () => end());
  redis.subscribe(channel, { message: hear, lost: () => end() }, over.signal).then(() => {
    if (isOver) return;
    callOff();
    send();
  }, end);
  await up.promise;
  return { lost: lost.promise, close: () => end() };
}

function silence(channel: string): SojournError {
  return new SojournError(
    "ERR_STORE_UNAVAILABLE",
    `No message of the redis store came through its channel ${channel}: see that every primary is reachable, and that the access rules (ACL) allow to publish and subscribe there.`,
  );
}

/** A promise, and what settles it. */
function deferred() {
  let resolve = () => {};
  let reject = (_error: Error) => {};
  const promise = new Promise<void>((whenDone, whenFailed) => {
    resolve = whenDone;
    reject = whenFailed;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
