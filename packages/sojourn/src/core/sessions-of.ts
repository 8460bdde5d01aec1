import { isBound } from "./binding.ts";
import { commit } from "./commit.ts";
import { SojournError } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { deadlines, judge } from "./judge.ts";
import { lockReason } from "./lock.ts";
import type { AssuranceLevel } from "./policy.ts";
import { dueForPrivileges } from "./renewal.ts";
import type { SessionSummary } from "./session.ts";
import { standingSessionsOf } from "./standing-sessions.ts";
import type { Loaded } from "./storage.ts";
import type { Engine } from "./visit.ts";

/** The user's sessions that are not over, the last used first. */
export async function summariesOf(userId: UserId, engine: Engine): Promise<readonly SessionSummary[]> {
  const sessions = await standingSessionsOf(userId, engine);
  return sessions.map((session) => summaryOf(session, engine)).sort((a, b) => b.lastSeenAt - a.lastSeenAt);
}

export function summaryOf({ row, record }: Loaded, { clock, rules }: Engine): SessionSummary {
  const isLocked = judge(record, clock.now(), rules) === "locked";
  return {
    id: row.id,
    label: record.label ?? null,
    kind: isLocked ? "locked" : "authenticated",
    lockedFor: isLocked ? lockReason(record) : null,
    boundSince: isBound(record.binding) ? record.binding.since : null,
    level: record.level as AssuranceLevel,
    methods: record.methods ?? [],
    remembered: record.remembered === true,
    authenticatedAt: record.startedAt,
    lastSeenAt: record.lastSeenAt,
    endsAt: deadlines(record, rules),
  };
}

/** Makes renewal due in each of the user's sessions, and returns how many that were. */
export async function markPrivilegesChanged(userId: UserId, engine: Engine): Promise<number> {
  let marked = 0;
  let failure: unknown = null;
  for (const session of await standingSessionsOf(userId, engine)) {
    try {
      await commit(session, (record) => ({ record: dueForPrivileges(record), result: null }), engine);
      marked++;
      const about = { sessionId: session.row.id, userId };
      engine.emit({ type: "privilege_permissions_changed", severity: "info", by: "manager", ...about });
    } catch (error) {
      // Ended meanwhile: nothing left to protect. Anything else is thrown after the rest were tried.
      if (!(error instanceof SojournError) || error.code !== "ERR_SESSION_ENDED") failure = error;
    }
  }
  if (failure !== null) throw failure;
  return marked;
}
