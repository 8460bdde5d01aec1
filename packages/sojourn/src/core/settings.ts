import type { Policy } from "./policy.ts";

/** What a manager was built with, for `policyReport` and for a reviewer: facts only, no secrets, no functions. */
export interface Settings {
  readonly policy: Policy;
  readonly transport:
    | {
        readonly kind: "cookie";
        /** As the browser sees it, prefix included. */
        readonly name: string;
        readonly scope: "host" | "site" | "path" | "embedded" | "insecure";
        readonly sameSite: "Strict" | "Lax" | "None";
        /** For every login, or for those that ask to be remembered. */
        readonly persistent: boolean;
      }
    | { readonly kind: "bearer" };
  /** `fetch-metadata`: Sec-Fetch-Site, then Origin. `token`: those, and a token in every request that changes something. */
  readonly csrf: "fetch-metadata" | "token";
  /** Whether sessions are bound to their devices: not at all, where the browser can, or always. */
  readonly binding: "off" | "offer" | "require";
  /** The application's own origins, as given. */
  readonly origins: readonly string[];
  /** Whether bodies are encrypted before they reach the store. */
  readonly sealed: boolean;
  readonly store: string;
}
