import type { RefusalReason } from "./events.ts";
import { refused } from "./handle.ts";
import type { SessionToken } from "./ids.ts";
import { revokeSession } from "./revoke.ts";
import type { AnonymousSession } from "./session.ts";
import type { ClientOfRequest } from "./signals.ts";
import type { Loaded } from "./storage.ts";
import { idOf } from "./token.ts";
import type { Visit } from "./visit.ts";
import { withoutDevice } from "./without-device.ts";

/** The refusals of a token that really is, or was, the session's own. */
const provesItsSession: ReadonlySet<RefusalReason> = new Set([
  "superseded",
  "replay",
  "client-changed",
  "idle",
  "absolute",
  "credentials-changed",
  "unbound",
]);

/** A request that is not signed in, and why. Never touches the cookie: a late refusal must not wipe a login's new one. */
export async function refuse<Data extends object>(
  because: Exclude<RefusalReason, "none">,
  presented: { readonly token: SessionToken; readonly loaded: Loaded | null } | null,
  visit: Visit<Data>,
  client: ClientOfRequest | null = null,
): Promise<AnonymousSession<Data>> {
  const { engine, request } = visit;
  const sessionId = presented && idOf(presented.token);
  const userId = presented?.loaded?.row.userId ?? null;
  if (sessionId && because === "replay") {
    const removed = await endNow({ sessionId, userId, reason: because }, visit);
    const at = engine.clock.now();
    const nobody = { client: null, network: null };
    const now = client?.side(at) ?? { at, ...nobody };
    const record = presented.loaded?.record;
    // With signals off nothing of a client is told, whatever the row still holds.
    const before = record ? (client?.before(record) ?? { at: record.lastSeenAt, ...nobody }) : now;
    engine.emit({ type: "session_replayed", severity: "critical", removed, before, now, sessionId, userId });
  } else if (sessionId && because === "client-changed") {
    await endNow({ sessionId, userId, reason: because }, visit);
  } else if (sessionId && (because === "idle" || because === "absolute")) {
    engine.emit({ type: "session_use_after_expire", severity: "info", reason: because, sessionId, userId });
  } else if (sessionId && because === "unbound") {
    engine.emit({
      type: "session_presented_unbound",
      ...withoutDevice(presented?.loaded?.record, request),
      sessionId,
      userId,
    });
  } else {
    engine.emit({ type: "session_refused", severity: because === "unknown" ? "info" : "warning", because, sessionId });
  }
  if (presented && (because === "unknown" || because === "mismatch")) {
    engine.signals?.missed(visit.request, presented.token, engine.clock.now());
  }
  const session = sessionId && provesItsSession.has(because) ? { sessionId, userId } : null;
  const missing = because === "unknown" ? sessionId : null;
  const token = (because === "superseded" || because === "unbound") && presented ? presented.token : null;
  return refused({ because, session, missing, token }, visit);
}

/** Whether the session is gone. The refusal stands either way, and the next such request tries again. */
async function endNow<Data extends object>(
  about: Parameters<typeof revokeSession>[0],
  { engine }: Visit<Data>,
): Promise<boolean> {
  try {
    await revokeSession(about, engine);
    return true;
  } catch {
    return false;
  }
}
