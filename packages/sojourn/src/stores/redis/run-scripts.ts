import type { Redis } from "./redis.ts";

/** Runs one of the store's scripts on `key`. */
export type RunScript = (script: string, key: string, ...parameters: string[]) => Promise<unknown>;

/**
 * Scripts by their digest. A server that does not know one (it was restarted, or a replica took over, or somebody said
 * `SCRIPT FLUSH`) did nothing, and is sent the whole text.
 */
export function scriptRunner({ send }: Redis): RunScript {
  const digests = new Map<string, Promise<string>>();

  return async (script, key, ...parameters) => {
    const digest = digests.get(script) ?? sha1(script);
    digests.set(script, digest);
    try {
      return await send(key, ["EVALSHA", await digest, "1", key, ...parameters]);
    } catch (error) {
      if (!/NOSCRIPT/.test(String((error as Error | null)?.message))) throw error;
      return send(key, ["EVAL", script, "1", key, ...parameters]);
    }
  };
}

/** How Redis names a script: no secret depends on this digest. */
async function sha1(text: string): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
