import { codeOf, SojournError } from "./errors.ts";
import type { EmitEvent } from "./events.ts";
import type { SessionId } from "./ids.ts";
import { removeSession } from "./remove.ts";
import type { SiteData } from "./session.ts";
import type { Storage } from "./storage.ts";
import { type HandleState, heldBy, type Visit } from "./visit.ts";

/**
 * Removes the row, and only when the store has confirmed it makes the client forget its token. The row of a replaced or
 * timed-out secret as well: whoever logs out with one means this session.
 */
export async function logOut<Data extends object>(
  clearSiteData: readonly SiteData[],
  state: HandleState,
  { engine, sink }: Visit<Data>,
): Promise<void> {
  const held = await heldBy(state);
  if (state.refused?.because === "ambiguous") {
    // Which of the two is the user's cannot be told, and without their own cookie the browser would show the other one.
    throw new SojournError(
      "ERR_SESSION_AMBIGUOUS",
      "Two different session cookies came with this request: nothing was ended. Clear the site's cookies, and end the session from another device",
    );
  }
  const { sessionId, userId } = held
    ? { sessionId: held.loaded.row.id, userId: held.loaded.row.userId }
    : (state.refused?.session ?? { sessionId: null, userId: null });
  if (sessionId !== null) {
    await removeConfirmed(sessionId, engine);
    engine.emit({ type: "session_logout", severity: "info", sessionId, userId });
  }
  // A logout that was not confirmed is tried again with a token of which the primary knows nothing any more.
  if (state.refused?.missing) await removeConfirmed(state.refused.missing, engine);
  state.spent = new SojournError("ERR_SESSION_ENDED", "This session was ended");
  // Over, also where it is too late to say so to the client: its token leads nowhere.
  if (!sink.writable) return;
  engine.transport.withdraw(sink);
  if (clearSiteData.length > 0) sink.setHeader("Clear-Site-Data", clearSiteData.map((kind) => `"${kind}"`).join(", "));
}

async function removeConfirmed(
  sessionId: SessionId,
  { storage, emit }: { readonly storage: Storage; readonly emit: EmitEvent },
): Promise<void> {
  try {
    await removeSession(sessionId, storage);
  } catch (error) {
    const code = codeOf(error);
    emit({ type: "store_failed", severity: "critical", operation: "end", code, sessionId });
    throw error;
  }
}
