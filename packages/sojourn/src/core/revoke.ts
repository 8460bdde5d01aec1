import type { EndReason } from "./events.ts";
import type { SessionId, UserId } from "./ids.ts";
import { assertName } from "./login-checks.ts";
import { removeSession, reportingFailure } from "./remove.ts";
import type { StoredSession } from "./store.ts";
import { parseSessionId } from "./token.ts";
import type { Engine } from "./visit.ts";

const removalsAtOnce = 16;

/** Removes one session and reports it. `false` if it was gone. Throws, after an event, if the store did not confirm. */
export async function revokeSession(
  about: {
    readonly sessionId: SessionId;
    readonly userId: UserId | null;
    readonly reason: Exclude<EndReason, "logout">;
  },
  { storage, emit }: Engine,
): Promise<boolean> {
  const { sessionId, userId, reason } = about;
  const removed = await reportingFailure({ operation: "revoke", sessionId, emit }, () =>
    removeSession(sessionId, storage),
  );
  if (removed) emit({ type: "session_expired", severity: "info", reason, sessionId, userId });
  return removed;
}

/** Removes one session if it belongs to whom it should. `userId` is write-once, so looking first leaves no gap. */
export async function revokeOwned(
  { id, of }: { readonly id: SessionId; readonly of: { readonly userId: UserId } | "any user" },
  engine: Engine,
): Promise<boolean> {
  if (typeof id !== "string" || parseSessionId(id) === null) return false;
  if (of !== "any user") assertName(of?.userId, "revoke({ of: { userId } })");
  const row = await engine.storage.find(id, { fresh: true });
  if (row === null) {
    // Gone; or removed by a call that was not confirmed and is tried again.
    await reportingFailure({ operation: "revoke", sessionId: id, emit: engine.emit }, () => engine.storage.confirm(id));
    return false;
  }
  const userId = row === "corrupt" ? null : row.row.userId;
  if (of !== "any user" && userId !== of.userId) return false;
  return revokeSession({ sessionId: id, userId, reason: "revoked" }, engine);
}

/**
 * Removes all sessions of a user but those it is told, and returns how many there were. Every one is tried; if the store
 * failed at any, that is thrown after the rest, so that success is never reported by mistake.
 */
export async function revokeSessions(
  which: {
    readonly userId: UserId;
    readonly except?: (id: SessionId) => boolean;
    readonly reason: "revoked-all" | "ended-others" | "credentials-changed";
  },
  engine: Engine,
): Promise<number> {
  const { userId, except, reason } = which;
  const ids = (await engine.storage.idsOf({ userId })).filter((id) => !except?.(id));
  return revokeEach(ids, (sessionId) => revokeSession({ sessionId, userId, reason }, engine));
}

/** Sessions by what somebody else calls them: one of them, or all of a user that are of one issuer. */
export type RefQuery = { readonly ref: string } | { readonly userId: UserId; readonly issuer: string };

/** Whether a login's ref names a session of this issuer, which has no space in it. */
export function isOfIssuer(ref: string | null, issuer: string): boolean {
  return ref === issuer || ref?.startsWith(`${issuer} `) === true;
}

/** Removes the sessions that somebody else names so; likewise. */
export async function revokeByRef(which: RefQuery, engine: Engine): Promise<number> {
  if ("ref" in which) assertName(which.ref, "revokeByRef({ ref })");
  else {
    assertName(which.userId, "revokeByRef({ userId })");
    assertName(which.issuer, "revokeByRef({ issuer })");
  }
  const isMeant = ({ ref, userId }: Pick<StoredSession, "ref" | "userId">) =>
    "ref" in which ? ref === which.ref : userId === which.userId && isOfIssuer(ref, which.issuer);
  const ids = await engine.storage.idsOf("ref" in which ? { ref: which.ref } : { userId: which.userId });
  return revokeEach(ids, async (sessionId) => {
    const found = await engine.storage.find(sessionId, { fresh: true });
    // An index may name too many. A row that cannot be read here may be readable elsewhere: what it names goes.
    if (found === null || (found === "corrupt" ? !("ref" in which) : !isMeant(found.row))) return false;
    const userId = found === "corrupt" ? null : found.row.userId;
    return revokeSession({ sessionId, userId, reason: "logged-out-elsewhere" }, engine);
  });
}

/** Every one is tried; a failure is thrown after the rest. */
async function revokeEach(ids: readonly SessionId[], revoke: (id: SessionId) => Promise<boolean>): Promise<number> {
  let removed = 0;
  let failure: unknown = null;
  for (let at = 0; at < ids.length; at += removalsAtOnce) {
    const outcomes = await Promise.allSettled(ids.slice(at, at + removalsAtOnce).map(revoke));
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") failure = outcome.reason;
      else if (outcome.value) removed++;
    }
  }
  if (failure !== null) throw failure;
  return removed;
}
