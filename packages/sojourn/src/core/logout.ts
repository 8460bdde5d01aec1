import { SojournError } from "./errors.ts";
import { removeSession, reportingFailure } from "./remove.ts";
import type { SiteData } from "./session.ts";
import { type HandleState, heldBy, type Visit } from "./visit.ts";

/**
 * Removes the row, and only when the store has confirmed it makes the client forget its token. The row of a replaced or
 * timed-out secret as well: whoever logs out with one means this session.
 */
export async function logOut<Data extends object>(
  clearSiteData: readonly SiteData[],
  state: HandleState,
  { engine, request, sink }: Visit<Data>,
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
    await reportingFailure({ operation: "end", sessionId, emit: engine.emit }, () =>
      removeSession(sessionId, engine.storage),
    );
    engine.emit({ type: "session_logout", severity: "info", sessionId, userId });
  }
  // A logout that was not confirmed is tried again with a token of which the store knows nothing any more.
  const missing = state.refused?.missing ?? null;
  if (missing !== null)
    await reportingFailure({ operation: "end", sessionId: missing, emit: engine.emit }, () =>
      engine.storage.confirm(missing),
    );
  state.spent = new SojournError("ERR_SESSION_ENDED", "This session was ended");
  // Over, also where it is too late to say so to the client: its token leads nowhere.
  if (!sink.writable) return;
  engine.transport.withdraw(sink);
  engine.binding?.withdraw(request, sink);
  if (clearSiteData.length > 0) sink.setHeader("Clear-Site-Data", clearSiteData.map((kind) => `"${kind}"`).join(", "));
}
