import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { toBase64url } from "../base64url.ts";
import type { Digests } from "./digests.ts";
import { nativeDigests } from "./native.ts";

/** Audited JavaScript, for runtimes without `node:crypto`. */
export function pureDigests(): Digests {
  const encoder = new TextEncoder();
  return {
    sha256: (text) => toBase64url(sha256(encoder.encode(text))),
    hmacSha256: (key, message) => hmac(sha256, encoder.encode(key), encoder.encode(message)),
  };
}

/** What `#digests` is everywhere else: the runtime's own digests if it has them after all, or else pure ones. */
export const digests: Digests = nativeDigests() ?? pureDigests();
