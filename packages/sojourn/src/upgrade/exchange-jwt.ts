import { type Clock, type Instant, isInstant } from "../core/clock.ts";
import { describe } from "../core/describe.ts";
import { type Duration, milliseconds, parseDuration } from "../core/duration.ts";
import { OptionsError } from "../core/errors.ts";
import { visitOf } from "../core/handle.ts";
import { isObject } from "../core/json.ts";
import { unknownKeys } from "../core/option-names.ts";
import type { Session } from "../core/session.ts";
import type { SessionManager } from "../manager.ts";
import { isInSeconds } from "./carried.ts";
import type { Carried } from "./earlier.ts";
import { longestGrace, moveIn } from "./move-in.ts";

/** A JWT that the application has verified. */
export interface ExchangedJwt extends Carried {
  /** Its `jti`: each is exchanged once. */
  readonly jti: string;
  /** Its `exp`, in milliseconds. */
  readonly expiresAt: Instant;
}

export interface ExchangeJwtOptions {
  /**
   * Verifies a token: signature, issuer, audience, time; and says what is carried over. `null`: it is not valid. What it
   * throws is thrown. Say `startedAt` (its `auth_time` or `iat`, in milliseconds), so that the absolute timeout counts from then.
   */
  readonly verify: (jwt: string) => ExchangedJwt | null | Promise<ExchangedJwt | null>;
  /**
   * How long after its exchange the same token is answered again, with the same session: an answer may get lost.
   * Default `"60s"`, at most `"10m"`.
   */
  readonly grace?: Duration;
}

/** Why a token was not exchanged. Stable: it is the body's `error`. */
export type ExchangeRefusal =
  /** The request is no POST. */
  | "method"
  /** The CSRF guard refused it. */
  | "csrf"
  /** No `Authorization: Bearer`. */
  | "missing"
  /** Not valid, or over. */
  | "invalid"
  /** Exchanged before. */
  | "used"
  /** Somebody else is logged in here. */
  | "other-user";

export interface ExchangeAnswer {
  /** 204: the cookie is set, and the page forgets its token; 401: it has to log in. */
  readonly status: 204 | 400 | 401 | 403 | 405 | 409;
  readonly headers: { readonly [name: string]: string };
  /** Empty, or `{ error }`: JSON as text. */
  readonly body: string;
  /** `null` where the cookie is set. */
  readonly because: ExchangeRefusal | null;
}

/** Exchanges the JWT that a page kept in its storage for a session's cookie, once. */
export interface JwtExchange<Data extends object> {
  /** The answer to the request that `session` was opened for: a POST of the application's own page with `Authorization: Bearer <jwt>`. */
  answer(session: Session<Data>): Promise<ExchangeAnswer>;
  /** The same as a `Response`: a handler for `sojourn/fetch`, `sojourn/next` and the like. */
  handle(request: Request, context: { readonly session: Session<Data> }): Promise<Response>;
}

/** Throws `OptionsError`. */
export function exchangeJwt<Data extends object>(
  manager: Pick<SessionManager<Data>, "checkCsrf">,
  options: ExchangeJwtOptions,
): JwtExchange<Data> {
  const problems = problemsOf(manager, options);
  if (problems.length > 0) throw new OptionsError("exchangeJwt", problems);
  const { verify } = options;
  const grace = milliseconds(options.grace ?? "60s");

  async function answer(session: Session<Data>): Promise<ExchangeAnswer> {
    const visit = visitOf(session);
    const { request, engine } = visit;
    if (request.method !== "POST") return refused(405, "method");
    const token = request.header("x-csrf-token");
    if (!manager.checkCsrf(request, session, { token }).allowed) return refused(403, "csrf");
    const jwt = /^Bearer ([\w.~+/=-]+)$/i.exec(request.header("authorization") ?? "")?.[1];
    if (jwt === undefined) return refused(400, "missing");
    const verified = await verify(jwt);
    if (verified === null || isOver(verified, engine.clock)) return refused(401, "invalid");
    const { jti, expiresAt, ...carried } = verified;
    // Whoever is logged in already stays so: the page may forget its token.
    if (session.kind !== "anonymous") return session.userId === carried.userId ? done : refused(409, "other-user");
    const credential = {
      source: "jwt",
      key: jti,
      secret: jwt,
      find: async () => ({ data: {} }),
      carry: async () => carried,
      store: null,
      withdraw: () => {},
    };
    const moved = await moveIn(credential, visit, { until: expiresAt, grace });
    if ("kind" in moved) {
      visit.replaced(moved);
      return moved.kind === "anonymous" ? refused(401, "used") : done;
    }
    const because = moved.because === "nobody" ? "used" : moved.because;
    engine.emit({ type: "session_move_refused", severity: "warning", source: "jwt", because });
    return refused(401, because === "used" ? because : "invalid");
  }

  return Object.freeze<JwtExchange<Data>>({
    answer,
    async handle(_request, { session }) {
      const { status, headers, body } = await answer(session);
      return new Response(status === 204 ? null : body, { status, headers });
    },
  });
}

/** Throws a `TypeError` where `verify` returned what cannot be exchanged once. */
function isOver({ jti, expiresAt }: ExchangedJwt, clock: Clock): boolean {
  if (typeof jti !== "string" || jti === "")
    throw new TypeError("verify({ jti }): write the token's jti; without one it cannot be exchanged once");
  if (!isInstant(expiresAt) || isInSeconds(expiresAt))
    throw new TypeError("verify({ expiresAt }): write the token's exp in milliseconds, exp * 1000");
  return expiresAt <= clock.now();
}

const headers = { "Cache-Control": "no-store" };
const done: ExchangeAnswer = { status: 204, headers, body: "", because: null };

function refused(status: ExchangeAnswer["status"], because: ExchangeRefusal): ExchangeAnswer {
  const all = { ...headers, "Content-Type": "application/json", ...(status === 405 && { Allow: "POST" }) };
  return { status, headers: all, body: JSON.stringify({ error: because }), because };
}

function problemsOf(manager: unknown, options: unknown): readonly string[] {
  if (!isObject(options)) return ["options are missing: write { verify }"];
  const { verify, grace } = options;
  const lasts = grace === undefined ? 0 : parseDuration(grace);
  return [
    ...(isObject(manager) && typeof manager.checkCsrf === "function"
      ? []
      : ["manager is none: write what createSessionManager returned"]),
    ...unknownKeys(options, "options", ["verify", "grace"]),
    ...(typeof verify === "function"
      ? []
      : ["verify must be a function from a token to { userId, jti, expiresAt }, or null"]),
    ...(lasts === null || lasts > longestGrace ? [`grace is ${describe(grace)}: write up to "10m", like "60s"`] : []),
  ];
}
