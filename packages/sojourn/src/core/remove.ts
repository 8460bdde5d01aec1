import { codeOf, SojournError } from "./errors.ts";
import type { EmitEvent } from "./events.ts";
import type { SessionId } from "./ids.ts";
import type { Storage } from "./storage.ts";

const sendsAtMost = 3;

/**
 * Removes a session, asking again after a silence: removing twice does no harm. `true` if this call removed it, or may have.
 * Throws `ERR_STORE_UNAVAILABLE` if the store never answered, `ERR_STORE_UNCONFIRMED` as the store does.
 */
export async function removeSession(id: SessionId, storage: Storage): Promise<boolean> {
  let silence: unknown = null;
  for (let sends = 0; sends < sendsAtMost; sends++) {
    try {
      return (await storage.remove(id)) || silence !== null;
    } catch (error) {
      if (error instanceof SojournError && error.code === "ERR_STORE_UNCONFIRMED") throw error;
      silence = error;
    }
  }
  throw silence;
}

/** The answer of `ask`; what it throws is thrown after an event, because somebody may still hold a session that works. */
export async function reportingFailure<Answer>(
  about: { readonly operation: "end" | "revoke"; readonly sessionId: SessionId; readonly emit: EmitEvent },
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const { operation, sessionId, emit } = about;
  try {
    return await ask();
  } catch (error) {
    emit({ type: "store_failed", severity: "critical", operation, code: codeOf(error), sessionId });
    throw error;
  }
}
