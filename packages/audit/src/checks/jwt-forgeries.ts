import { createHmac, generateKeyPairSync, sign } from "node:crypto";

/** A token that nobody issued, and how it came about. */
export type Forged = readonly [how: string, token: string];

/** What a careless verifier takes for a token like this one. `keys` are public keys as texts, as they may stand in a configuration. */
export function forgeries(token: string, keys: readonly string[]): readonly Forged[] {
  const [header = "", payload = ""] = token.split(".");
  const own = parsed(header);
  const written = (changes: object) => Buffer.from(JSON.stringify({ ...own, ...changes })).toString("base64url");
  const none = ["none", "None", "NONE"].map(
    (alg): Forged => [`with the algorithm ${alg}`, `${written({ alg })}.${payload}.`],
  );
  const weak = `${written({ alg: "HS256" })}.${payload}`;
  const signedWith = (secret: string) => `${weak}.${createHmac("sha256", secret).update(weak).digest("base64url")}`;
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const brought = `${written({ alg: "ES256", jwk: publicKey.export({ format: "jwk" }) })}.${payload}`;
  const signature = sign("sha256", Buffer.from(brought), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return [
    ["without its signature", `${header}.${payload}.`],
    ...none,
    ["signed with an empty secret", signedWith("")],
    ["signed with a key that it brings along", `${brought}.${signature.toString("base64url")}`],
    ...keys.map((key): Forged => ["signed with the public key as if it were a secret", signedWith(key)]),
  ];
}

/** Whether its issuer signs with a private key, so that there is a public one. */
export function isAsymmetric(token: string): boolean {
  return /^(RS|PS|ES|Ed)/.test(String(parsed(token.split(".")[0] ?? "").alg));
}

/** When a token ends by what it says, in milliseconds after it was issued; `null` if it does not say. */
export function lifetimeOf(token: string, issuedAt: number): number | null {
  const { exp, iat } = parsed(token.split(".")[1] ?? "");
  if (typeof exp !== "number") return null;
  // By its own clock, if it says: a test server's may be far ahead of ours.
  return exp * 1_000 - (typeof iat === "number" ? iat * 1_000 : issuedAt);
}

function parsed(part: string): { readonly alg?: unknown; readonly exp?: unknown; readonly iat?: unknown } {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as object;
  } catch {
    return { alg: "HS256" };
  }
}
