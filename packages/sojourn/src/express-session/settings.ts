import type { IncomingMessage } from "node:http";
import type { Request } from "express";
import { systemClock } from "../core/clock.ts";
import { createDataRules } from "../core/data.ts";
import { createEmitter } from "../core/events.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import { systemRandom } from "../core/random.ts";
import { rulesOf } from "../core/rules.ts";
import { createStorage } from "../core/storage.ts";
import type { SessionStore } from "../core/store.ts";
import type { Engine } from "../core/visit.ts";
import { memoryStore } from "../stores/memory.ts";
import type { CookieOptions } from "./cookie.ts";
import { checkedOptions, kindOfStore, policyOf, type SessionOptions, secretsOf } from "./options.ts";
import { overExpressStore } from "./over-express-store.ts";
import type { SessionData } from "./session-data.ts";
import { type SignedCookie, signedCookie, signedCookieTransport } from "./signed-cookie.ts";
import type { ExpressSessionStore } from "./store.ts";
import { type Warn, warnOnce } from "./warnings.ts";

/** What one call of `session(options)` is made of. */
export interface SessionSettings {
  readonly engine: Engine;
  readonly cookie: SignedCookie;
  /** Without `"auto"`: as it is for this request. */
  cookieOptions(request: Request): CookieOptions;
  readonly genid: ((request: Request) => string) | null;
  readonly proxy: boolean | undefined;
  readonly rolling: boolean;
  readonly saveUninitialized: boolean;
  readonly unset: "destroy" | "keep";
  userIdOf(data: JsonObject): string | null;
  readonly warn: Warn;
}

/** Checks the options, warns of what differs, and builds the engine. Throws `OptionsError`. */
export function settingsOf(given: SessionOptions | undefined): SessionSettings {
  const { options, ignored } = checkedOptions(given);
  const warn = warnOnce(options.warn);
  warnOf(options, ignored, warn);
  const { clock = systemClock, cookie = {}, userIdOf = passportUser } = options;
  const name = options.name ?? (options as { key?: string }).key ?? "connect.sid";
  const signed = signedCookie(name, secretsOf(options));
  const rules = rulesOf(policyOf(options));
  // As much as a session may ever hold: express-session knows no bound.
  const data = createDataRules({ schema: undefined, upgrade: undefined, maxDataBytes: 1_048_576 });
  const deadlines = { read: 2_000, write: 2_000 };
  const { codec } = options;
  const store = storeOf(options.store);
  const engine: Engine = {
    storage: createStorage({ store, codec, clock, rules, data, deadlines }),
    clock,
    random: systemRandom,
    rules,
    data,
    transport: signedCookieTransport(signed),
    credentialVersionOf: null,
    binding: null,
    emit: createEmitter(options.onEvent, clock.now),
    signals: null,
    liveUpgrade: null,
    patience: 5 * deadlines.write,
  };
  return {
    engine,
    cookie: signed,
    cookieOptions(request) {
      const given = typeof cookie === "function" ? cookie(request) : cookie;
      const isSecure = isSecureConnection(request, options.proxy);
      const { secure = "auto", sameSite = "lax" } = given;
      return {
        path: "/",
        ...given,
        httpOnly: true,
        secure: secure === "auto" ? isSecure : secure,
        sameSite: sameSite === "auto" ? (isSecure ? "none" : "lax") : sameSite,
      };
    },
    genid: options.genid ?? null,
    proxy: options.proxy,
    rolling: options.rolling === true,
    saveUninitialized: options.saveUninitialized !== false,
    unset: options.unset ?? "keep",
    userIdOf(session) {
      const userId = userIdOf(session as unknown as Partial<SessionData>);
      return userId === null || userId === undefined || userId === "" ? null : String(userId);
    },
    warn,
  };
}

/** Whether a request came over TLS, as express-session tells: `proxy` says whether the proxy's word counts. */
export function isSecureConnection(
  request: IncomingMessage & { readonly secure?: boolean },
  proxy: boolean | undefined,
): boolean {
  if ("encrypted" in request.socket && request.socket.encrypted === true) return true;
  if (proxy === false) return false;
  if (proxy !== true) return request.secure === true;
  const [first = ""] = String(request.headers["x-forwarded-proto"] ?? "").split(",");
  return first.trim().toLowerCase() === "https";
}

/** A store of Sojourn, made of one that was written for express-session where need be. */
export function storeOf(store: SessionOptions["store"]): SessionStore {
  if (store === undefined) return memoryStore();
  return kindOfStore(store) === "sojourn" ? (store as SessionStore) : overExpressStore(store as ExpressSessionStore);
}

/** `passport.user`, or the `id` in it, where it can be a user id. */
function passportUser(session: object): string | null {
  const { passport } = session as { readonly passport?: unknown };
  const user = isObject(passport) ? passport.user : null;
  const id = isObject(user) ? user.id : user;
  if (typeof id === "number") return String(id);
  return typeof id === "string" && id.isWellFormed() && !id.includes("\0") && Buffer.byteLength(id) <= 255 ? id : null;
}

/** session-file-store looks for a file several times, a tenth of a second apart: and of a session that stands there is no mark. */
function retryingStore(store: object): string | undefined {
  const options: unknown = "options" in store ? store.options : null;
  const retries = isObject(options) ? options.retries : null;
  return typeof retries === "number" && retries > 0
    ? `This one looks ${retries} more times for what is not there, at each request: write retries: 0`
    : undefined;
}

function warnOf(options: SessionOptions, ignored: readonly string[], warn: Warn): void {
  const { policy, resave, saveUninitialized, genid, store } = options;
  const cookie = typeof options.cookie === "object" ? options.cookie : {};
  const isCookieKnown = typeof options.cookie !== "function";
  if (policy?.idle === undefined || policy.absolute === undefined) warn("EXPRESS_SESSION_TIMEOUTS");
  if (isCookieKnown && cookie.sameSite === undefined) warn("EXPRESS_SESSION_SAME_SITE");
  if (cookie.httpOnly === false) warn("EXPRESS_SESSION_HTTP_ONLY");
  if (cookie.secure === false) warn("EXPRESS_SESSION_INSECURE");
  if (resave !== false) warn("EXPRESS_SESSION_RESAVE");
  if (saveUninitialized === undefined) warn("EXPRESS_SESSION_UNINITIALIZED");
  if (genid !== undefined) warn("EXPRESS_SESSION_GENID");
  if (store === undefined) warn("EXPRESS_SESSION_MEMORY");
  else if (kindOfStore(store) === "express-session") warn("EXPRESS_SESSION_STORE", retryingStore(store));
  if (ignored.length > 0) warn("EXPRESS_SESSION_OPTION", `Ignored: ${ignored.join(", ")}`);
}
