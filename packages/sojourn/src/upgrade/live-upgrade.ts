import { describe } from "../core/describe.ts";
import type { Duration } from "../core/duration.ts";
import { milliseconds, parseDuration } from "../core/duration.ts";
import { OptionsError } from "../core/errors.ts";
import type { MoveRefusal } from "../core/events.ts";
import { isObject } from "../core/json.ts";
import type { LiveUpgrade } from "../core/live-upgrade.ts";
import { unknownKeys } from "../core/option-names.ts";
import type { Session } from "../core/session.ts";
import type { Visit } from "../core/visit.ts";
import type { UpgradeSource } from "./earlier.ts";
import { longestGrace, moveIn } from "./move-in.ts";

export interface LiveUpgradeOptions {
  /** The kinds of sessions there were, like `expressSession(...)`; a request is asked for them in this order. */
  readonly sources: readonly UpgradeSource[];
  /**
   * The last moment at which an earlier session is moved, like `new Date("2027-06-30")`: later than any that is in use
   * ends by itself. Until then one row a moved session stays in the store, so that none is moved twice.
   */
  readonly until: Date;
  /**
   * How long after its move an earlier cookie is answered again, with the same session: requests overlap, and answers get
   * lost. Default `"60s"`, at most `"10m"`.
   */
  readonly grace?: Duration;
}

/** For `createSessionManager({ liveUpgrade })`, and for `npx sojourn migrate`. */
export interface Upgrade extends LiveUpgrade {
  readonly sources: readonly UpgradeSource[];
  readonly until: Date;
}

/**
 * Moves the sessions of another library in, each at the next request of its user, who notices nothing: a new session with a
 * new secret, never fresher than the earlier one was, which is ended and can be moved once. Throws `OptionsError`.
 */
export function liveUpgrade(options: LiveUpgradeOptions): Upgrade {
  const problems = problemsOf(options);
  if (problems.length > 0) throw new OptionsError("liveUpgrade", problems);
  const { sources, until, grace = "60s" } = options;
  const rules = { until: until.getTime(), grace: milliseconds(grace) };

  async function sessionFrom<Data extends object>(
    source: UpgradeSource,
    visit: Visit<Data>,
  ): Promise<Session<Data> | "ambiguous" | null> {
    const { engine, request } = visit;
    const refuse = (because: MoveRefusal) => {
      engine.emit({ type: "session_move_refused", severity: "warning", source: source.name, because });
      return null;
    };
    const credential = await source.recognise(request, engine.clock.now());
    if (credential === null) return null;
    if (credential === "ambiguous") {
      refuse(credential);
      return credential;
    }
    const moved = await moveIn(credential, visit, rules);
    if ("kind" in moved) return moved;
    return moved.because === "nobody" ? null : refuse(moved.because);
  }

  return Object.freeze<Upgrade>({
    sources: Object.freeze([...sources]),
    until: new Date(until),
    async sessionFor(visit) {
      if (visit.engine.clock.now() >= rules.until || !couldKeepCookie(visit)) return null;
      for (const source of sources) {
        const session = await sessionFrom(source, visit);
        // Whoever has tossed a cookie of this kind may have tossed one of the next.
        if (session === "ambiguous") return null;
        if (session) return session;
      }
      return null;
    },
  });
}

/**
 * Whether the browser would get the new session's cookie, and keep it. A page of another site that embeds one of ours, or
 * sends us a form, would otherwise have the earlier session used up for a cookie that is thrown away, or for a refusal.
 */
function couldKeepCookie<Data extends object>({ engine, request, sink }: Visit<Data>): boolean {
  if (!sink.writable || request.header("cookie") === null) return false;
  const isPage =
    request.method === "GET" &&
    request.header("sec-fetch-mode") === "navigate" &&
    request.header("sec-fetch-dest") === "document";
  if (request.header("sec-fetch-site") === "cross-site" && !isPage) return false;
  try {
    engine.transport.assertMayIssue(request);
    return true;
  } catch {
    return false;
  }
}

function problemsOf(options: unknown): readonly string[] {
  if (!isObject(options))
    return ["options are missing: write { sources: [expressSession(...)], until: new Date(...) }"];
  const { sources, until, grace } = options;
  const lasts = grace === undefined ? 0 : parseDuration(grace);
  return [
    ...unknownKeys(options, "options", ["sources", "until", "grace"]),
    ...sourceProblems(sources),
    ...(until instanceof Date && Number.isFinite(until.getTime())
      ? []
      : [`until is ${describe(until)}: write the last day, like new Date("2027-06-30")`]),
    ...(lasts === null || lasts > longestGrace ? [`grace is ${describe(grace)}: write up to "10m", like "60s"`] : []),
  ];
}

function sourceProblems(sources: unknown): readonly string[] {
  if (!Array.isArray(sources) || sources.length === 0)
    return [`sources is ${describe(sources)}: write a list like [expressSession(...)]`];
  const isSource = (each: unknown) => isObject(each) && typeof each.recognise === "function";
  if (!sources.every(isSource)) return ["sources must hold what expressSession(...) and the like return"];
  const names = sources.map(({ name }: UpgradeSource) => name);
  return [
    ...names
      .filter((name) => typeof name !== "string" || !/^[a-z][a-z0-9-]{0,39}$/.test(name))
      .map((name) => `sources names one ${describe(name)}: write lower-case letters, digits and dashes`),
    ...(new Set(names).size === names.length ? [] : ["sources has two of one name: give each its own `as`"]),
  ];
}
