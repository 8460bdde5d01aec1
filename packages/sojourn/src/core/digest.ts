import { hmac as pureHmac } from "@noble/hashes/hmac.js";
import { sha256 as pureSha256 } from "@noble/hashes/sha2.js";

/** The two primitives the engine needs, synchronous: an asynchronous digest costs more than all the rest of a request. */
export interface Digests {
  sha256(text: string): Uint8Array;
  hmacSha256(key: string, message: string): Uint8Array;
}

/** Node, Bun, Deno and Workers offer native digests without an import that would break the others. */
export const digests: Digests = nativeDigests() ?? pureDigests();

export function nativeDigests(): Digests | null {
  const crypto = globalThis.process?.getBuiltinModule?.("node:crypto");
  if (!crypto) return null;
  return {
    sha256: (text) => crypto.createHash("sha256").update(text).digest(),
    hmacSha256: (key, message) => crypto.createHmac("sha256", key).update(message).digest(),
  };
}

/** Audited JavaScript, for runtimes without `node:crypto`. */
export function pureDigests(): Digests {
  const encoder = new TextEncoder();
  return {
    sha256: (text) => pureSha256(encoder.encode(text)),
    hmacSha256: (key, message) => pureHmac(pureSha256, encoder.encode(key), encoder.encode(message)),
  };
}
