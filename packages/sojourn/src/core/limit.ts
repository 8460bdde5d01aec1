import { codeOf } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { revokeSession } from "./revoke.ts";
import { standingSessionsOf } from "./standing-sessions.ts";
import type { Loaded } from "./storage.ts";
import type { Engine } from "./visit.ts";

/**
 * A number later than that of every login this one can see, so that a login on a node whose clock is behind is not taken
 * for the oldest. Only counted where there is a limit.
 */
export function nextLoginOrder(others: readonly Loaded[], { clock, rules }: Engine): number {
  const now = clock.now();
  if (!Number.isFinite(rules.sessionsPerUser)) return now;
  return Math.max(now, ...others.map(({ record }) => record.loginOrder + 1));
}

/**
 * Revokes this user's oldest sessions beyond the limit: after the new one is stored, so that two logins cannot both fit.
 * A store that fails here is an event: the login stands, and the next one trims again.
 */
export async function revokeExcess(userId: UserId, engine: Engine): Promise<void> {
  const limit = engine.rules.sessionsPerUser;
  if (!Number.isFinite(limit)) return;
  const sessions = await sessionsIfReadable(userId, engine);
  if (sessions.length <= limit) return;
  engine.emit({ type: "excess_sessions_exceeded", severity: "warning", userId, limit });
  const newestFirst = sessions.toSorted(
    (a, b) => b.record.loginOrder - a.record.loginOrder || (a.row.id < b.row.id ? -1 : 1),
  );
  for (const { row } of newestFirst.slice(limit)) {
    // A removal that failed is an event already; it is no reason to turn this login away.
    await revokeSession({ sessionId: row.id, userId, reason: "limit" }, engine).catch(() => {});
  }
}

/** None where the store fails: the login that asks has replaced its old session by now, and must not be lost half-way. */
async function sessionsIfReadable(userId: UserId, engine: Engine): Promise<readonly Loaded[]> {
  try {
    return await standingSessionsOf(userId, engine);
  } catch (error) {
    const code = codeOf(error);
    engine.emit({ type: "store_failed", severity: "warning", operation: "limit", code, sessionId: null });
    return [];
  }
}
