import type { Digests } from "./digests.ts";

/** The runtime's own digests, reached without an import that other runtimes could not resolve; `null` where there are none. */
export function nativeDigests(): Digests | null {
  const crypto = globalThis.process?.getBuiltinModule?.("node:crypto");
  if (!crypto) return null;
  return {
    sha256: (text) => crypto.createHash("sha256").update(text).digest(),
    hmacSha256: (key, message) => crypto.createHmac("sha256", key).update(message).digest(),
  };
}

/** What `#digests` is on Node and on runtimes that resolve packages as Node does: nothing else is loaded there. */
export const digests: Digests = nativeDigests() as Digests;
