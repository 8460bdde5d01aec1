import { codeOf } from "./errors.ts";
import type { Engine } from "./visit.ts";

/** One bounded pass of garbage collection. A failure is an event, and is thrown. */
export async function removeExpired(limit: number, { storage, clock, emit }: Engine): Promise<number> {
  try {
    return await storage.removeExpired(clock.now(), limit);
  } catch (error) {
    const failure = { operation: "removeExpired", code: codeOf(error), sessionId: null };
    emit({ type: "store_failed", severity: "warning", ...failure });
    throw error;
  }
}
