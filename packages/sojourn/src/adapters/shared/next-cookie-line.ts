/** What is used of what `cookies()` of `next/headers` resolves to. */
export interface NextCookies {
  getAll(): readonly { readonly name: string; readonly value: string }[];
  set(cookie: NextCookie): unknown;
}

interface NextCookie {
  readonly name: string;
  readonly value: string;
  readonly path?: string;
  readonly domain?: string;
  readonly maxAge?: number;
  readonly secure?: boolean;
  readonly httpOnly?: boolean;
  readonly partitioned?: boolean;
  readonly sameSite?: "lax" | "strict" | "none";
}

/** Sets a cookie, written as the line of a header, with all its attributes. */
export function setOn(cookies: NextCookies, line: string): void {
  const [pair = "", ...attributes] = line.split("; ");
  const said = new Map(attributes.map((attribute) => partsOf(attribute.toLowerCase(), attribute)));
  const [name, value] = partsOf(pair, pair);
  const maxAge = said.get("max-age");
  const [path, domain, sameSite] = [said.get("path"), said.get("domain"), said.get("samesite")?.toLowerCase()];
  cookies.set({
    name,
    value,
    secure: said.has("secure"),
    httpOnly: said.has("httponly"),
    partitioned: said.has("partitioned"),
    ...(path !== undefined && { path }),
    ...(domain !== undefined && { domain }),
    ...(maxAge !== undefined && { maxAge: Number(maxAge) }),
    ...((sameSite === "lax" || sameSite === "strict" || sameSite === "none") && { sameSite }),
  });
}

function partsOf(named: string, whole: string): [name: string, value: string] {
  const at = named.indexOf("=");
  return at === -1 ? [named, ""] : [named.slice(0, at), whole.slice(at + 1)];
}
