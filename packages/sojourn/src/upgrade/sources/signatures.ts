import { isSame, textHash } from "../../core/token.ts";

/** Global in browsers' typings alone. */
type CryptoKey = Awaited<ReturnType<typeof globalThis.crypto.subtle.importKey>>;

/** Signatures of an earlier library, by the application's secrets of then. */
export interface Signatures {
  /** Whether any of the secrets signed it so. Compared in constant time. */
  isOurs(text: string, signature: string): Promise<boolean>;
  /** What the newest secret signs it with, whichever did. */
  sign(text: string): Promise<string>;
}

/** HMACs, in the spelling that `encode` gives to their bytes. `secrets`: the newest first. */
export function hmacSignatures(
  hash: "SHA-1" | "SHA-256",
  secrets: readonly string[],
  encode: (bytes: Uint8Array) => string,
): Signatures {
  const { subtle } = globalThis.crypto;
  let keys: Promise<readonly CryptoKey[]> | null = null;
  const imported = () => {
    const importKey = (secret: string) =>
      subtle.importKey("raw", new TextEncoder().encode(secret), { name: "HMAC", hash }, false, ["sign"]);
    keys ??= Promise.all(secrets.map(importKey));
    return keys;
  };
  const signed = async (text: string, key: CryptoKey) =>
    encode(new Uint8Array(await subtle.sign("HMAC", key, new TextEncoder().encode(text))));

  return {
    async isOurs(text, signature) {
      const right = await Promise.all((await imported()).map((key) => signed(text, key)));
      // By their digests, so that how much of one is right shows in no time either.
      return right.filter((each) => isSame(textHash(each), textHash(signature))).length > 0;
    },
    async sign(text) {
      const [key] = await imported();
      return signed(text, key as CryptoKey);
    },
  };
}

export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
