import { createHmac, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import type { Flaws } from "./flaws.ts";

const secret = "of-the-notes-application-alone";
/** How long a token lasts that says so, in seconds. */
const lifetime = 20 * 60;
/** One for all: making them takes a while. */
const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });

interface Said {
  readonly alg?: string;
  readonly sid?: string;
  readonly exp?: number;
}

/** Where the public key stands. */
export const keysPath = "/.well-known/jwks.json";
export const publishedKeys = JSON.stringify({ keys: [pair.publicKey.export({ format: "jwk" })] });

/** JSON Web Tokens that name a session of the notes application; each flaw is one line. `now` is its clock. */
export class SignedTokens {
  readonly #flaws: Flaws;
  readonly #now: () => number;

  constructor(flaws: Flaws, now: () => number) {
    this.#flaws = flaws;
    this.#now = now;
  }

  of(session: string): string {
    const iat = Math.floor(this.#now() / 1_000);
    const payload = { sid: session, ...(this.#flaws.has("token that ends") && { iat, exp: iat + lifetime }) };
    const alg = this.#flaws.has("published key") ? "ES256" : "HS256";
    const text = `${encoded({ alg, typ: "JWT" })}.${encoded(payload)}`;
    return `${text}.${alg === "ES256" ? signed(text, pair.privateKey) : hashed(text, secret)}`;
  }

  /** The session that a token names, if it is a right one; empty if not. */
  sessionIn(token: string): string {
    const [header = "", payload = "", signature = ""] = token.split(".");
    const { sid = "", exp } = parsed(payload);
    const isOver = exp !== undefined && exp * 1_000 < this.#now() && !this.#flaws.has("X-TOK-06 past exp");
    return this.#isSigned(`${header}.${payload}`, signature, parsed(header).alg) && !isOver ? sid : "";
  }

  #isSigned(text: string, signature: string, alg = ""): boolean {
    if (alg === "none" && this.#flaws.has("X-TOK-06")) return true;
    if (!this.#flaws.has("published key")) return signature === hashed(text, secret);
    const asText = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
    if (alg === "HS256" && this.#flaws.has("X-TOK-06 by the wrong kind of key"))
      return signature === hashed(text, asText);
    const bytes = Buffer.from(signature, "base64url");
    return verify("sha256", Buffer.from(text), { key: pair.publicKey, dsaEncoding: "ieee-p1363" }, bytes);
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function parsed(part: string): Said {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString()) as object;
  } catch {
    return {};
  }
}

function hashed(text: string, key: string): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}

function signed(text: string, key: KeyObject): string {
  return sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }).toString("base64url");
}
