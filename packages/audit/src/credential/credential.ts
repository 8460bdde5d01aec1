import type { StoredCookie } from "../http/jar.ts";
import type { Visitor } from "../login/visitor.ts";

/** One thing a browser sends that may sign somebody in. */
export interface Part {
  readonly kind: "cookie" | "header";
  readonly name: string;
}

/** Parts that together are enough to be signed in, and none of which can be left out. */
export type Credential = readonly Part[];

export function sayPart({ kind, name }: Part): string {
  return `${kind} ${name}`;
}

export function sayCredential(credential: Credential): string {
  return credential.map(sayPart).join(" + ");
}

export function partsOf(visitor: Visitor): readonly Part[] {
  const cookies = [...new Set(visitor.jar.all().map(({ name }) => name))];
  return [
    ...cookies.map((name) => ({ kind: "cookie" as const, name })),
    ...[...visitor.headers.keys()].map((name) => ({ kind: "header" as const, name })),
  ];
}

/** A copy that has these parts and nothing else. Copied cookies do not expire: a thief's never do. */
export function withOnly(visitor: Visitor, parts: readonly Part[], name: string): Visitor {
  const copy = visitor.copy(name);
  const isKept = (kind: Part["kind"], each: string) => parts.some((part) => part.kind === kind && part.name === each);
  for (const cookie of copy.jar.all()) {
    if (!isKept("cookie", cookie.name)) copy.jar.remove(cookie);
    else if (cookie.expires !== null) {
      copy.jar.remove(cookie);
      copy.jar.set({ ...cookie, expires: null }, cookie.value);
    }
  }
  for (const header of [...copy.headers.keys()]) if (!isKept("header", header)) copy.headers.delete(header);
  return copy;
}

export function cookiesOf(visitor: Visitor, credential: Credential): readonly StoredCookie[] {
  return visitor.jar
    .all()
    .filter(({ name }) => credential.some((part) => part.kind === "cookie" && part.name === name));
}

/** The secret of a part: a cookie's value, or a header's without its scheme. */
export function secretOf(visitor: Visitor, { kind, name }: Part): string {
  if (kind === "cookie") return visitor.jar.all().find((each) => each.name === name)?.value ?? "";
  return (visitor.headers.get(name) ?? "").replace(/^\w+ /, "");
}
