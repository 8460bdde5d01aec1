import { codeOf } from "./errors.ts";
import type { SessionRecord } from "./record.ts";
import type { Loaded } from "./storage.ts";
import type { Engine } from "./visit.ts";

/**
 * What a request leaves behind by the way: a touch, a renewal. One try, without a mark, since nobody asks afterwards whether
 * it was applied: one that loses a race or meets a silent store costs the request nothing. `null`: not written.
 */
export async function writeDown(
  next: SessionRecord,
  loaded: Loaded,
  { engine, quiet }: { readonly engine: Engine; readonly quiet: boolean },
): Promise<Loaded | null> {
  const { id: sessionId, userId } = loaded.row;
  try {
    const row = await engine.storage.nextRow(loaded, next);
    if (!(await engine.storage.update(row, { quiet }))) return null;
    if (next.current !== loaded.record.current) {
      const cause = (loaded.record.pending?.settles && loaded.record.due) || "interval";
      engine.emit({ type: "session_renewed", severity: "info", cause, sessionId, userId });
    }
    return { row, record: next };
  } catch (error) {
    const code = codeOf(error);
    engine.emit({ type: "store_failed", severity: "warning", operation: "touch", code, sessionId });
    return null;
  }
}
