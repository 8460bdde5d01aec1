import { SojournError } from "./errors.ts";
import { removeSession } from "./remove.ts";
import type { SiteData } from "./session.ts";
import { type HandleState, heldBy, type Visit } from "./visit.ts";

/** Removes the row, and only when the store has confirmed it makes the client forget its token. */
export async function logOut<Data extends object>(
  clearSiteData: readonly SiteData[],
  state: HandleState,
  { engine, sink }: Visit<Data>,
): Promise<void> {
  const held = await heldBy(state);
  if (held) {
    const { id: sessionId, userId } = held.loaded.row;
    try {
      await removeSession(sessionId, engine.storage);
    } catch (error) {
      const code = error instanceof SojournError ? error.code : "ERR_STORE_UNAVAILABLE";
      engine.emit({ type: "store_failed", severity: "critical", operation: "end", code, sessionId });
      throw error;
    }
    engine.emit({ type: "session_logout", severity: "info", sessionId, userId });
  }
  state.spent = new SojournError("ERR_SESSION_ENDED", "This session was ended");
  // Over, also where it is too late to say so to the client: its token leads nowhere.
  if (!sink.writable) return;
  engine.transport.withdraw(sink);
  if (clearSiteData.length > 0) sink.setHeader("Clear-Site-Data", clearSiteData.map((kind) => `"${kind}"`).join(", "));
}
