import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from "jose";

export const issuer = "https://login.example";
export const clientId = "bank";
export const logoutEvent = "http://schemas.openid.net/event/backchannel-logout";

/** Claims of a logout token; `undefined` leaves one out. */
export interface Claims {
  readonly [claim: string]: unknown;
}

/** A provider's key, and what it signs with it. */
export async function aProvider(algorithm: "RS256" | "ES256" = "RS256") {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: "one", alg: algorithm, use: "sig" };

  /** A logout token as the specification asks for it, but for `claims` and `header`. */
  function sign(now: number, claims: Claims = {}, header: Partial<JWTHeaderParameters> = {}): Promise<string> {
    const seconds = Math.floor(now / 1000);
    const usual: Claims = {
      iss: issuer,
      aud: clientId,
      iat: seconds,
      exp: seconds + 120,
      jti: `token ${++count}`,
      events: { [logoutEvent]: {} },
      sid: "s1",
    };
    const all = Object.fromEntries(Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined));
    return new SignJWT(all)
      .setProtectedHeader({ alg: algorithm, kid: "one", typ: "logout+jwt", ...header })
      .sign(privateKey);
  }

  return { keys: { keys: [jwk] }, jwk, sign };
}

let count = 0;
