import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { isObject } from "../core/json.ts";

/** Why a logout was refused. Stable: logs and alarms may depend on it. */
export type LogoutRefusal =
  /** Not a POST. */
  | "method"
  /** No form with one `logout_token`. */
  | "form"
  /** Not a signed JWT. */
  | "malformed"
  /** Signed with an algorithm that is not allowed, or not at all. */
  | "algorithm"
  /** Signed with a key that is not the provider's. */
  | "key"
  /** The signature is wrong. */
  | "signature"
  /** A JWT for something else: `typ` is not `logout+jwt`. */
  | "type"
  | "issuer"
  | "audience"
  | "expired"
  /** Older than `maxAge`, or from the future. */
  | "issued-at"
  /** No `jti`. */
  | "token-id"
  /** Says nothing of a logout. */
  | "events"
  /** Has a `nonce`: an ID token in a logout token's place. */
  | "nonce"
  /** Names neither a session nor a user, or none that can be. */
  | "subject"
  /** This very token was used before. */
  | "replay"
  /** Nothing is wrong with it: keys or store could not be reached, or not every session was ended. */
  | "unavailable";

/** A logout token that holds. */
export interface LogoutToken {
  readonly sid: string | undefined;
  readonly sub: string | undefined;
  readonly tokenId: string;
  readonly expiresAt: number;
}

export interface LogoutTokenRules {
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  readonly clientId: string;
  readonly algorithms: readonly string[];
  readonly requireType: boolean;
  /** Milliseconds. */
  readonly maxAge: number;
  readonly clockTolerance: number;
}

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout";

/** Checks a logout token as OpenID Connect Back-Channel Logout 1.0, 2.6 says, but for whether it was used before. */
export async function verifyLogoutToken(
  token: string,
  now: number,
  rules: LogoutTokenRules,
): Promise<LogoutToken | LogoutRefusal> {
  let claims: JWTPayload;
  try {
    ({ payload: claims } = await jwtVerify(token, rules.keys, {
      issuer: rules.issuer,
      audience: rules.clientId,
      algorithms: [...rules.algorithms],
      ...(rules.requireType && { typ: "logout+jwt" }),
      requiredClaims: ["exp", "iat", "jti"],
      clockTolerance: rules.clockTolerance / 1000,
      maxTokenAge: rules.maxAge / 1000,
      currentDate: new Date(now),
    }));
  } catch (error) {
    return refusalOf(error);
  }
  const { events, sid, sub, jti, exp = 0 } = claims;
  if (!isObject(events) || !isObject(events[logoutEvent])) return "events";
  if ("nonce" in claims) return "nonce";
  if (typeof jti !== "string" || jti === "") return "token-id";
  const isName = (value: unknown): value is string | undefined =>
    value === undefined || (typeof value === "string" && value !== "" && value.isWellFormed() && !value.includes("\0"));
  if (!isName(sid) || !isName(sub) || (sid === undefined && sub === undefined)) return "subject";
  return { sid, sub, tokenId: jti, expiresAt: exp * 1000 };
}

const byClaim: { readonly [claim: string]: LogoutRefusal } = {
  typ: "type",
  iss: "issuer",
  aud: "audience",
  iat: "issued-at",
  jti: "token-id",
};

function refusalOf(error: unknown): LogoutRefusal {
  if (error instanceof errors.JWTExpired) return error.claim === "iat" ? "issued-at" : "expired";
  if (error instanceof errors.JWTClaimValidationFailed) return byClaim[error.claim] ?? "expired";
  if (error instanceof errors.JOSEAlgNotAllowed) return "algorithm";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "signature";
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return "key";
  if (error instanceof errors.JOSENotSupported) return "algorithm";
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return "malformed";
  // The provider's keys: not reached, too late, or none.
  return "unavailable";
}
