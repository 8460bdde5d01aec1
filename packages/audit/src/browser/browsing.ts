import type { User } from "../file/load.ts";
import type { Flow } from "../file/schema.ts";
import { type Answer, headerOf } from "../http/exchange.ts";
import type { Recorder } from "../http/recorder.ts";
import type { Secrets } from "../http/secrets.ts";
import { Trouble } from "../http/trouble.ts";
import { newValues } from "../login/values.ts";
import type { Visitor, World } from "../login/visitor.ts";
import { actInPage, isDoneInPage } from "./act.ts";
import type { LaunchedBrowser, ProfileOptions } from "./launch.ts";
import { runScript } from "./script.ts";
import type { Tab } from "./tab.ts";

/** A real browser in one audit. */
export interface Browsing {
  /** `Chromium 156`. */
  readonly name: string;
  /** A page in a new profile; with what a visitor has, if one is given. It is closed when `work` is done. */
  use<Result>(by: string, work: (tab: Tab) => Promise<Result>, visitor?: Visitor): Promise<Result>;
  /** Does what a flow says: in the page where it can be done there, by requests with the page's cookies elsewhere. */
  act(tab: Tab, flow: Flow, as: Acting): Promise<void>;
  /** Puts a page on another site, or on another host of the target's domain, and returns its address. */
  publish(html: string, where?: "other site" | "same domain"): string;
}

export interface Acting {
  readonly user: User;
  /** Whose kept headers go along, and by whom what cannot be done in a page is sent. */
  readonly visitor: Visitor;
  readonly runByRequests: (flow: Flow, visitor: Visitor) => Promise<URL | null>;
}

export interface BrowsingOptions {
  readonly launched: LaunchedBrowser;
  readonly world: World;
  readonly recorder: Recorder;
  /** What the browser is doing, for people; `null` when it is done. */
  readonly onPhase?: (phase: string | null) => void;
  readonly profile: Pick<ProfileOptions, "userAgent" | "headers" | "pace" | "patience" | "requestsAtMost">;
}

export function createBrowsing({ launched, world, recorder, onPhase = () => {}, profile }: BrowsingOptions): Browsing {
  const { target } = world;
  return {
    name: launched.name,
    publish: (html, where) => launched.attacker.publish(html, where === "same domain" ? target.hostname : undefined),
    async use(by, work, visitor) {
      const headers = { ...profile.headers, ...Object.fromEntries(visitor?.headers ?? []) };
      const who = `${by}, in ${launched.name}`;
      onPhase(who);
      let tab: Tab | null = null;
      try {
        tab = await launched.open({ ...profile, by: who, recorder, headers });
        if (visitor) await tab.takeCookies(visitor.jar);
        return await work(tab);
      } catch (error) {
        throw troubleOf(error, launched.name);
      } finally {
        onPhase(null);
        await tab?.close().catch(() => {});
      }
    },
    async act(tab, flow, { user, visitor, runByRequests }) {
      const values = newValues(user, { kept: visitor.headers });
      if (flow.kind === "playwright") return runScript(tab, flow.file, { target, values });
      if (isDoneInPage(flow)) return actInPage(tab, flow, { target, values });
      if (flow.kind === "storageState") throw new Trouble("flow-broken", "A saved state logs nobody in");
      await giveCookies(tab, visitor);
      const end = await runByRequests(flow, visitor);
      await tab.takeCookies(visitor.jar);
      await tab.goto((end ?? target).href);
    },
  };
}

/** A browser that dies says nothing about the target. A mistake of our own stays one. */
function troubleOf(error: unknown, name: string): unknown {
  if (error instanceof Trouble || error instanceof TypeError || error instanceof ReferenceError) return error;
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return new Trouble("unreachable", `${name} could not be driven any further (${line})`, { cause: error });
}

/**
 * Does what a flow says in a browser, for somebody who goes on by requests: what the browser has afterwards, cookies and
 * bearer token, is what they have from then on.
 */
export async function runAs(
  visitor: Visitor,
  flow: Flow,
  { browsing, secrets }: { browsing: Browsing; secrets: Secrets },
): Promise<readonly Answer[]> {
  const { user } = visitor;
  if (!user) throw new Trouble("flow-broken", "Nobody can run a script without a name and a password");
  return browsing.use(
    user.key,
    async (tab) => {
      await browsing.act(tab, flow, { user, visitor, runByRequests: async () => null });
      await giveCookies(tab, visitor);
      keepBearer(tab, visitor, secrets);
      return tab.answers;
    },
    visitor,
  );
}

/** The token that the pages sent last, for all later requests of the visitor. */
export function keepBearer(tab: Tab, visitor: Visitor, secrets: Secrets): void {
  const bearer = tab.caused.flatMap((each) => headerOf(each, "authorization") ?? []).at(-1);
  if (!bearer) return;
  secrets.learn("authorization", bearer.replace(/^\w+ /, ""));
  visitor.headers.set("authorization", bearer);
}

/** What the browser keeps, in place of what the visitor had. */
export async function giveCookies(tab: Tab, { jar }: Visitor): Promise<void> {
  for (const cookie of jar.all()) jar.remove(cookie);
  for (const cookie of await tab.cookies()) jar.set(cookie, cookie.value);
}
