import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet } from "jose";
import { type Clock, systemClock } from "../core/clock.ts";
import { type Duration, milliseconds } from "../core/duration.ts";
import { OptionsError } from "../core/errors.ts";
import type { UserId } from "../core/ids.ts";
import type { SessionStore } from "../core/store.ts";
import type { SessionManager } from "../manager.ts";
import { type LogoutRefusal, type LogoutToken, verifyLogoutToken } from "./logout-token.ts";
import { backChannelProblems } from "./options.ts";
import { providerRef } from "./ref.ts";
import { usedTokens } from "./used-tokens.ts";

export interface BackChannelLogoutOptions {
  /** The provider's `iss`, exactly. */
  readonly issuer: string;
  /** The `client_id` that the provider knows this application by. */
  readonly clientId: string;
  /** The provider's keys: its `jwks_uri`, or the key set itself. */
  readonly keys: string | URL | JSONWebKeySet;
  /** Where used logout tokens are remembered until they expire: the manager's own store. */
  readonly store: SessionStore;
  /**
   * The user whose `sub` this is, or `null`. For logout tokens that name no session: they end the user's sessions whose
   * `ref` is of this provider. Left out, such tokens are refused.
   */
  readonly userIdOf?: (subject: {
    readonly issuer: string;
    readonly sub: string;
  }) => UserId | null | Promise<UserId | null>;
  /** What the provider may sign with. Default `["RS256"]`, what every provider can. */
  readonly algorithms?: readonly string[];
  /** `false`: accept tokens without `typ: "logout+jwt"`, from a provider of before 2023 (ASVS 10.5.5 asks for it). Default `true`. */
  readonly requireType?: boolean;
  /** How old a logout token may be. Default `"10m"`. */
  readonly maxAge?: Duration;
  /** How far apart the provider's clock and this one may be. Default `"60s"`. */
  readonly clockTolerance?: Duration;
  /** Where time comes from. Default: the machine's clock. */
  readonly clock?: Clock;
}

/** What to answer the provider: the status, the headers, the body. And for your log, what happened. */
export interface BackChannelAnswer {
  readonly status: 200 | 400;
  readonly headers: { readonly [name: string]: string };
  /** Empty, or `{ error }`: JSON as text. */
  readonly body: string;
  /** `null` where it holds. */
  readonly because: LogoutRefusal | null;
  /** How many sessions ended. */
  readonly ended: number;
}

/** A receiver of OpenID Connect Back-Channel Logout 1.0. Mount it where no CSRF guard stands: the provider is no browser. */
export interface BackChannelLogout {
  /** Ends what `logoutToken`, the form field of that name, says. Never throws. */
  receive(logoutToken: unknown): Promise<BackChannelAnswer>;
  /** The same for a whole request, of at most 64 kB. */
  handle(request: Request): Promise<Response>;
}

/**
 * Lets an OpenID provider end the sessions that began with a login there: `authenticate({ ref: providerRef({ issuer, sid }) })`.
 * Throws `OptionsError`.
 */
export function backChannelLogout<Data extends object>(
  manager: Pick<SessionManager<Data>, "revokeByRef">,
  options: BackChannelLogoutOptions,
): BackChannelLogout {
  const problems = backChannelProblems(manager, options);
  if (problems.length > 0) throw new OptionsError("backChannelLogout", problems);
  const { issuer, clientId, keys, store, userIdOf, clock = systemClock } = options;
  const used = usedTokens({ store, issuer, clock });
  const clockTolerance = milliseconds(options.clockTolerance ?? "60s");
  const rules = {
    issuer,
    clientId,
    keys: isAddress(keys) ? createRemoteJWKSet(new URL(keys), { timeoutDuration: 5_000 }) : createLocalJWKSet(keys),
    algorithms: options.algorithms ?? ["RS256"],
    requireType: options.requireType ?? true,
    maxAge: milliseconds(options.maxAge ?? "10m"),
    clockTolerance,
  };

  async function end({ sid, sub }: LogoutToken): Promise<number | LogoutRefusal> {
    if (sid !== undefined) {
      const ref = refOf({ issuer, sid });
      return ref === null ? "subject" : manager.revokeByRef({ ref });
    }
    if (sub === undefined || !userIdOf) return "subject";
    const userId = await userIdOf({ issuer, sub });
    return userId === null ? 0 : manager.revokeByRef({ userId, issuer });
  }

  async function receive(logoutToken: unknown): Promise<BackChannelAnswer> {
    if (typeof logoutToken !== "string" || logoutToken === "") return refused("form");
    try {
      const token = await verifyLogoutToken(logoutToken, clock.now(), rules);
      if (typeof token === "string") return refused(token);
      if (await used.has(token.tokenId)) return refused("replay");
      const ended = await end(token);
      if (typeof ended === "string") return refused(ended);
      // Only now: a token whose work was not done has to work when the provider sends it again.
      const goodUntil = Math.min(token.expiresAt, clock.now() + rules.maxAge);
      await used.add(token.tokenId, goodUntil + 2 * clockTolerance);
      return { status: 200, headers: { "Cache-Control": "no-store" }, body: "", because: null, ended };
    } catch {
      return refused("unavailable");
    }
  }

  return Object.freeze<BackChannelLogout>({
    receive,
    async handle(request) {
      const { status, headers, body } = await answerTo(request, receive);
      return new Response(body, { status, headers });
    },
  });
}

const largestForm = 65_536;

async function answerTo(request: Request, receive: BackChannelLogout["receive"]): Promise<BackChannelAnswer> {
  if (request.method !== "POST") return refused("method");
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers.get("content-type") ?? "");
  const text = isForm ? await textOf(request) : null;
  const tokens = text === null ? [] : new URLSearchParams(text).getAll("logout_token");
  return receive(tokens.length === 1 ? tokens[0] : null);
}

/** The body, or `null` if it is too large or breaks off. */
async function textOf(request: Request): Promise<string | null> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of request.body ?? []) {
      size += part.length;
      if (size > largestForm) return null;
      parts.push(part);
    }
  } catch {
    return null;
  }
  return new TextDecoder().decode(joined(parts, size));
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** 2.8: 400 for whatever fails. The provider is told whether it is worth trying again, and no more. */
function refused(because: LogoutRefusal): BackChannelAnswer {
  const error = because === "unavailable" ? "temporarily_unavailable" : "invalid_request";
  const headers = { "Cache-Control": "no-store", "Content-Type": "application/json" };
  return { status: 400, headers, body: JSON.stringify({ error }), because, ended: 0 };
}

function refOf(session: { readonly issuer: string; readonly sid: string }): string | null {
  try {
    return providerRef(session);
  } catch {
    // Longer than any login could have written it.
    return null;
  }
}

function isAddress(keys: BackChannelLogoutOptions["keys"]): keys is string | URL {
  return typeof keys === "string" || keys instanceof URL;
}
