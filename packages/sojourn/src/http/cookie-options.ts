/**
 * How the session cookie is set. Prefix, `Secure`, `HttpOnly`, `Path` and `Domain` follow from the scope, so a
 * contradictory cookie cannot be written down. `Secure` and `HttpOnly` are always there, but for `insecure`.
 */
export type CookieOptions = {
  /** Without its prefix. Default `"id"`: a name that tells nobody what runs here (OSM-01). */
  readonly name?: string;
  /** Default `"Lax"` (OSM-13). */
  readonly sameSite?: "Strict" | "Lax";
  /**
   * `true`: `Max-Age` for as long as the session can last, for every session. Default `false`: gone with the browser
   * (OSM-17, N63B-12), but for logins with `persistent: true`.
   */
  readonly persistent?: boolean;
} & (
  | {
      /** `__Host-Http-<name>`: this host only (CK-20). The default. */
      readonly scope?: "host";
    }
  | {
      /** `__Secure-<name>` with `Domain`: every subdomain can read and toss it. */
      readonly scope: "site";
      readonly domain: string;
    }
  | {
      /** `__Secure-<name>` with `Path`: one of several applications on a shared host. A path is no barrier to scripts. */
      readonly scope: "path";
      readonly path: string;
    }
  | {
      /** `__Host-Http-<name>-embedded` with `SameSite=None; Partitioned`: an application shown inside other sites. */
      readonly scope: "embedded";
    }
  | {
      /** No prefix, no `Secure`: development on plain HTTP only; refused in production. */
      readonly scope: "insecure";
    }
);

/** The cookie that the options describe, prefix and all. */
export interface CookieShape {
  readonly name: string;
  readonly scope: NonNullable<CookieOptions["scope"]>;
  readonly secure: boolean;
  readonly sameSite: "Strict" | "Lax" | "None";
  readonly persistent: boolean;
  readonly path: string;
  readonly domain: string | null;
  readonly partitioned: boolean;
}

export function cookieShape(options: CookieOptions): CookieShape {
  const { name = "id", sameSite = "Lax", persistent = false } = options;
  const plain = { sameSite, persistent, secure: true, path: "/", domain: null, partitioned: false } as const;
  switch (options.scope) {
    case "site":
      return { ...plain, scope: "site", name: `__Secure-${name}`, domain: options.domain };
    case "path":
      return { ...plain, scope: "path", name: `__Secure-${name}`, path: options.path };
    case "embedded":
      return { ...plain, scope: "embedded", name: `__Host-Http-${name}-embedded`, sameSite: "None", partitioned: true };
    case "insecure":
      return { ...plain, scope: "insecure", name, secure: false };
    default:
      return { ...plain, scope: "host", name: `__Host-Http-${name}` };
  }
}
