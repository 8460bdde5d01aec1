import { type Clock, systemClock } from "../../core/clock.ts";
import { type Duration, milliseconds } from "../../core/duration.ts";
import type { SessionEvent } from "../../core/events.ts";
import { createSessionManager } from "../../manager.ts";
import type { SessionManagerOptions } from "../../options.ts";
import { memoryStore } from "../../stores/memory.ts";
import { type FaultyStore, faultyStore } from "../faulty-store.ts";
import type { AdapterApplicationData, StartAdapterApplication } from "./application.ts";
import { assertHolds, assertIs } from "./assert.ts";
import { type Answer, aClient, type Client, type Sending } from "./client.ts";

/** Promises of an adapter, each with the proof that it keeps it. */
export type AdapterSentences = {
  readonly [sentence: string]: {
    readonly options?: SceneOptions;
    readonly holds: (scene: Scene) => Promise<void>;
  };
};

export interface SceneOptions {
  readonly isBehindProxy?: boolean;
  readonly csrf?: NonNullable<SessionManagerOptions["csrf"]>;
  /** The policy of device binding. */
  readonly binding?: "off" | "require";
}

/** A running application, and what a check needs to try it. */
export interface Scene {
  readonly client: Client;
  readonly store: FaultyStore;
  readonly events: readonly SessionEvent[];
  /** Lets the application's clock jump ahead. */
  advance(by: Duration): void;
  /** A new browser, without cookies. */
  browser(): Browser;
  close(): Promise<void>;
}

/** Keeps the session cookie as a browser does, and says that its requests come from the application's own pages. */
export interface Browser {
  /** `name=value`, or `null`. */
  readonly cookie: string | null;
  send(method: string, path: string, sending?: Sending): Promise<Answer>;
  /** Logs in, and expects that to work. */
  logIn(user: string): Promise<Answer>;
  /** What `/me` says. */
  me(): Promise<Me>;
}

export interface Me {
  readonly kind: string;
  readonly userId: string | null;
  readonly because: string | null;
  readonly count: number | null;
}

/** What the application's own pages send along. */
export const ownPage = { "Sec-Fetch-Site": "same-origin" };
export const cookieName = "__Host-Http-id";

export async function aScene(start: StartAdapterApplication, options: SceneOptions = {}): Promise<Scene> {
  const { isBehindProxy = false, csrf = "fetch-metadata", binding: policy = "off" } = options;
  const store = faultyStore(memoryStore());
  const events: SessionEvent[] = [];
  let ahead = 0;
  // Real time, so that writers who give way to each other go on; and jumps.
  const clock: Clock = { now: () => systemClock.now() + ahead, after: systemClock.after };
  const onEvent = (event: SessionEvent) => events.push(event);
  const manager = createSessionManager<AdapterApplicationData>({
    store,
    clock,
    csrf,
    binding: { policy },
    onEvent,
  });
  const application = await start({ manager, isBehindProxy });
  const client = aClient(application.origin);
  return {
    client,
    store,
    events,
    advance(by) {
      ahead += milliseconds(by);
    },
    browser: () => aBrowser(client),
    close: () => application.close(),
  };
}

function aBrowser(client: Client): Browser {
  let cookie: string | null = null;
  const browser: Browser = {
    get cookie() {
      return cookie;
    },
    async send(method, path, { headers = {}, body = "" } = {}) {
      const answer = await client.send(method, path, { headers: { ...withCookie(cookie), ...headers }, body });
      const line = sessionCookieIn(answer);
      if (line !== null) cookie = /;\s*Max-Age=0/i.test(line) ? null : pairOf(line);
      return answer;
    },
    async logIn(user) {
      const answer = await browser.send("POST", "/login", { body: user });
      assertIs(answer.status, 204, "the status of a login");
      assertHolds(cookie !== null, "a login must set the session cookie");
      return answer;
    },
    async me() {
      const answer = await browser.send("GET", "/me");
      assertIs(answer.status, 200, "the status of /me");
      return JSON.parse(answer.body) as Me;
    },
  };
  return browser;
}

/** The headers of a request from the application's own page, with this cookie. */
export function withCookie(cookie: string | null): Readonly<Record<string, string>> {
  return { ...ownPage, ...(cookie !== null && { Cookie: cookie }) };
}

/** The line that sets or deletes the session cookie, if the response has one. */
export function sessionCookieIn({ cookies }: Answer): string | null {
  return cookies.find((line) => line.startsWith(`${cookieName}=`)) ?? null;
}

export function pairOf(line: string): string {
  return line.split(";")[0] ?? "";
}
