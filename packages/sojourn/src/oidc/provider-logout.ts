import { describe } from "../core/describe.ts";
import { OptionsError } from "../core/errors.ts";
import { unknownKeys } from "../core/option-names.ts";
import { isSafeAddress } from "./address.ts";

/** OpenID Connect RP-Initiated Logout 1.0: where a browser goes to log out at its provider as well. */
export interface ProviderLogout {
  /** The provider's `end_session_endpoint`. */
  readonly endpoint: string | URL;
  readonly clientId: string;
  /** The ID token of the login, so that the provider asks nobody whether they mean it. It will be in the browser's history. */
  readonly idTokenHint?: string;
  /** Where the provider sends the browser afterwards: registered there. */
  readonly returnTo?: string | URL;
  /** Comes back with `returnTo`. */
  readonly state?: string;
}

/** The address to redirect to, after `session.end()`. Throws `OptionsError`. */
export function providerLogoutUrl(logout: ProviderLogout): URL {
  const { endpoint, clientId, idTokenHint, returnTo, state, ...others } = logout;
  const isText = (value: unknown) => typeof value === "string" && value !== "";
  const problems = [
    ...unknownKeys(others, "logout", ["endpoint", "clientId", "idTokenHint", "returnTo", "state"]),
    ...(isSafeAddress(endpoint)
      ? []
      : ["endpoint must be an https address: write the provider's end_session_endpoint"]),
    ...(isText(clientId) ? [] : ["clientId is missing: write the one the provider knows you by"]),
    ...(returnTo === undefined || isSafeAddress(returnTo)
      ? []
      : ["returnTo must be an https address, as it is registered at the provider"]),
    ...[{ idTokenHint }, { state }].flatMap((option) =>
      Object.entries(option).flatMap(([name, value]) =>
        value === undefined || isText(value) ? [] : [`${name} is ${describe(value)}: write text, or leave it out`],
      ),
    ),
    ...(state !== undefined && returnTo === undefined ? ["state comes back with returnTo: write that as well"] : []),
  ];
  if (problems.length > 0) throw new OptionsError("providerLogoutUrl", problems);
  const url = new URL(endpoint);
  url.searchParams.set("client_id", clientId);
  if (idTokenHint !== undefined) url.searchParams.set("id_token_hint", idTokenHint);
  if (returnTo !== undefined) url.searchParams.set("post_logout_redirect_uri", String(returnTo));
  if (state !== undefined) url.searchParams.set("state", state);
  return url;
}
