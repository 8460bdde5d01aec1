import type { Request } from "express";
import type { Clock } from "../core/clock.ts";
import type { Codec } from "../core/codec.ts";
import { describe } from "../core/describe.ts";
import type { Duration } from "../core/duration.ts";
import { OptionsError } from "../core/errors.ts";
import type { SessionEvent } from "../core/events.ts";
import { isObject } from "../core/json.ts";
import { namesBeside } from "../core/option-names.ts";
import { defaultPolicy, type Policy } from "../core/policy.ts";
import { policyProblems } from "../core/policy-checks.ts";
import type { SessionStore } from "../core/store.ts";
import { attributes, type CookieOptions } from "./cookie.ts";
import type { SessionData } from "./session-data.ts";
import type { CookieSecret } from "./signed-cookie.ts";
import type { ExpressSessionStore } from "./store.ts";
import type { SessionWarning } from "./warnings.ts";

/** The rules of time and number that hold for these sessions. */
export type SessionPolicy = Partial<
  Pick<Policy, "idle" | "absolute" | "anonymous" | "sessionsPerUser" | "clockTolerance">
>;

/** The options of express-session, and below them Sojourn's own. */
export interface SessionOptions {
  /** Signs the cookie: the first one signs, any of them is accepted. */
  secret: CookieSecret | readonly CookieSecret[];
  /** How the cookie is set, or a function of the request that says so. */
  cookie?: CookieOptions | ((request: Request) => CookieOptions) | undefined;
  /** Names a new session: what `req.sessionID` is. It need not be hard to guess. Default: 128 random bits. */
  genid?: ((request: Request) => string) | undefined;
  /** The cookie's name. Default `"connect.sid"`. */
  name?: string | undefined;
  /** Whether `X-Forwarded-Proto` counts: `true` and `false` always and never, left out as Express' `trust proxy` says. */
  proxy?: boolean | undefined;
  /** Accepted, and does nothing: what is unchanged is never written. */
  resave?: boolean | undefined;
  /** Sets the cookie, and its `maxAge` anew, with every response. Default `false`. */
  rolling?: boolean | undefined;
  /** Stores a session for every visitor. Default `true`, as with express-session; say `false`. */
  saveUninitialized?: boolean | undefined;
  /** Where sessions are kept: a store of Sojourn, or one written for express-session. Default: this process's memory. */
  store?: SessionStore | ExpressSessionStore | undefined;
  /** What `req.session = null` does when the response ends: end the session, or leave it as it was stored. Default `"keep"`. */
  unset?: "destroy" | "keep" | undefined;

  /**
   * How long sessions last. Default: 30 minutes without activity and 8 hours in any case; where `cookie.maxAge` is an
   * option, so long without activity, and in any case that long or 8 hours, whichever is longer.
   */
  policy?: SessionPolicy | undefined;
  /**
   * Who is logged in, according to a session's data: so that a login gets a new id even without `regenerate`, and a
   * manager on the same store can list and end a user's sessions. Default: what Passport stores, `passport.user` or its `id`.
   */
  userIdOf?: ((session: Partial<SessionData>) => string | number | null | undefined) | undefined;
  /** Told, once each, of what differs from express-session; `false`: nobody is. Default: a process warning. */
  warn?: ((warning: SessionWarning) => void) | false | undefined;
  /** As `createSessionManager` has it. */
  onEvent?: ((event: SessionEvent) => unknown) | undefined;
  /** As `createSessionManager` has it. */
  codec?: Codec | undefined;
  /** As `createSessionManager` has it. */
  clock?: Clock | undefined;
}

const documented = [
  ...["secret", "cookie", "genid", "name", "proxy", "resave", "rolling", "saveUninitialized", "store", "unset"],
  ...["policy", "userIdOf", "warn", "onEvent", "codec", "clock", "key"],
];

/** Throws `OptionsError` with every problem. `ignored` are the names that are no options: express-session ignores them. */
export function checkedOptions(options: SessionOptions | undefined): {
  readonly options: SessionOptions;
  readonly ignored: readonly string[];
} {
  if (!isObject(options)) throw new OptionsError("session", ["options are missing: write { secret }"]);
  const { genid, unset, name, policy, userIdOf, warn, cookie } = options;
  const secrets = secretsOf(options);
  const functions = { genid, userIdOf, warn: warn || undefined, onEvent: options.onEvent };
  const problems = [
    ...(secrets.length > 0 && secrets.every(isSecret)
      ? []
      : ["secret is missing: write a long random string, or a list of them, the newest first"]),
    ...Object.entries(functions)
      .filter(([, value]) => value !== undefined && typeof value !== "function")
      .map(([option, value]) => `${option} is ${describe(value)}: write a function`),
    ...(unset === undefined || unset === "destroy" || unset === "keep"
      ? []
      : [`unset is ${describe(unset)}: write "destroy" or "keep"`]),
    ...(name === undefined || (typeof name === "string" && /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name))
      ? []
      : [`name is ${describe(name)}: write the name of a cookie, like "connect.sid"`]),
    ...(cookie === undefined || isObject(cookie) || typeof cookie === "function"
      ? []
      : [`cookie is ${describe(cookie)}: write an object, or a function of the request`]),
    ...(isObject(cookie) ? cookieProblems(cookie) : []),
    ...storeProblems(options.store),
    ...(policy === undefined || isObject(policy)
      ? policyProblems({ ...policyOf(options) }).filter((problem) => policy?.anonymous || !/\.anonymous/.test(problem))
      : [`policy is ${describe(policy)}: write an object, like { idle: "30m", absolute: "8h" }`]),
  ];
  if (problems.length > 0) throw new OptionsError("session", problems);
  const ignoredInCookie = isObject(cookie) ? namesBeside(attributes, cookie) : [];
  return {
    options,
    ignored: [...namesBeside(documented, options), ...ignoredInCookie.map((name) => `cookie.${name}`)],
  };
}

/** What would fail at each request, or be no limit at all. */
function cookieProblems({ maxAge = null, sameSite = false }: CookieOptions): readonly string[] {
  const words = ["lax", "strict", "none", "auto"];
  const isKnown = typeof sameSite === "boolean" || words.includes(String(sameSite).toLowerCase());
  return [
    ...(maxAge === null || Number.isFinite(maxAge)
      ? []
      : [`cookie.maxAge is ${describe(maxAge)}: write milliseconds, like 3_600_000`]),
    ...(isKnown
      ? []
      : [`cookie.sameSite is ${describe(sameSite)}: write "lax", "strict", "none", "auto", true or false`]),
  ];
}

function isSecret(secret: unknown): secret is CookieSecret {
  return (typeof secret === "string" && secret !== "") || (ArrayBuffer.isView(secret) && secret.byteLength > 0);
}

export function secretsOf({ secret }: SessionOptions): readonly CookieSecret[] {
  if (secret === undefined) return [];
  return Array.isArray(secret) ? secret : [secret as CookieSecret];
}

/** `null`: neither kind. */
export function kindOfStore(store: unknown): "sojourn" | "express-session" | null {
  const has = (...verbs: string[]) =>
    typeof store === "object" &&
    store !== null &&
    verbs.every((verb) => verb in store && typeof Reflect.get(store, verb) === "function");
  if (has("insert", "find", "update", "remove")) return "sojourn";
  return has("get", "set", "destroy") ? "express-session" : null;
}

function storeProblems(store: unknown): readonly string[] {
  if (store === undefined || kindOfStore(store) !== null) return [];
  return [
    "store is no store: write one of Sojourn, like redisStore(client), or one of express-session, with get, set and destroy",
  ];
}

const shortestIdle = 2 * 120_000;
const longestIdle = 3_650 * 86_400_000;

/** The policy that the options say, or that follows from `cookie.maxAge`. */
export function policyOf({ policy = {}, cookie }: SessionOptions): Policy {
  const maxAge = typeof cookie === "object" ? cookie.maxAge : null;
  const isLimited = typeof maxAge === "number" && maxAge > 0;
  // Shorter ones are judged by the session's own cookie.
  const idle = isLimited ? inSeconds(Math.min(Math.max(maxAge, shortestIdle), longestIdle)) : defaultPolicy.idle;
  const absolute =
    isLimited && maxAge > 8 * 3_600_000 ? inSeconds(Math.min(maxAge, longestIdle)) : defaultPolicy.absolute;
  const limits = { idle, absolute, ...definedIn(policy) };
  return {
    ...defaultPolicy,
    anonymous: { idle: limits.idle, absolute: limits.absolute },
    ...limits,
    onIdle: "end",
    // A cookie that is set again with every response must not bring back a secret that was replaced meanwhile.
    renew: false,
  };
}

function inSeconds(milliseconds: number): Duration {
  return `${Math.ceil(milliseconds / 1_000)}s`;
}

function definedIn(policy: SessionPolicy): SessionPolicy {
  return Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== undefined));
}
