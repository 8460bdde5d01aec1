import type { StoredCookie } from "../http/jar.ts";

/** A cookie as Playwright takes it. */
export function toPlaywright({
  name,
  value,
  domain,
  isHostOnly,
  path,
  isSecure,
  isHttpOnly,
  sameSite,
  expires,
}: StoredCookie) {
  return {
    name,
    value,
    domain: isHostOnly ? domain : `.${domain}`,
    path,
    secure: isSecure,
    httpOnly: isHttpOnly,
    ...(sameSite && { sameSite: ({ strict: "Strict", lax: "Lax", none: "None" } as const)[sameSite] }),
    expires: expires === null ? -1 : expires / 1000,
  };
}
