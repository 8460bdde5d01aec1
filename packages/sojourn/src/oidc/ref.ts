import { assertName } from "../core/login-checks.ts";

/** A session at an OpenID provider. */
export interface ProviderSession {
  /** The `iss` of its ID token. */
  readonly issuer: string;
  /** The `sid` of its ID token; left out where the provider sends none. */
  readonly sid?: string | undefined;
}

/**
 * What to call a login in `authenticate({ ref })`, so that the provider can end it. Throws a `TypeError` where issuer and
 * sid together are longer than a ref may be (254 bytes), or the issuer is none.
 */
export function providerRef({ issuer, sid }: ProviderSession): string {
  if (typeof issuer !== "string" || !URL.canParse(issuer) || issuer.includes(" "))
    throw new TypeError('providerRef({ issuer }): write the `iss` of the ID token, like "https://login.example"');
  // No issuer has a space, so that no sid can make one issuer's ref look like another's.
  const ref = sid === undefined ? issuer : `${issuer} ${sid}`;
  assertName(ref, "providerRef({ issuer, sid })");
  return ref;
}
