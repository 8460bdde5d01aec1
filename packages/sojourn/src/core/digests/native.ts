import type { Digests } from "./digests.ts";

/** The runtime's own digests, reached without an import that other runtimes could not resolve; `null` where there are none. */
export function nativeDigests(): Digests | null {
  const crypto = globalThis.process?.getBuiltinModule?.("node:crypto");
  if (!crypto) return null;
  return {
    // In one call where the runtime has it: a third of the cost of making a hash object.
    sha256:
      typeof crypto.hash === "function"
        ? (text) => crypto.hash("sha256", text, "base64url")
        : (text) => crypto.createHash("sha256").update(text).digest("base64url"),
    hmacSha256: (key, message) => crypto.createHmac("sha256", key).update(message).digest(),
  };
}

/** What `#digests` is on Node and on runtimes that resolve packages as Node does: nothing else is loaded there. */
export const digests: Digests = nativeDigests() as Digests;
