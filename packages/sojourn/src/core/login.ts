import { presentedBy } from "./assess.ts";
import { commit } from "./commit.ts";
import { assertMayCreate, storeNewSession } from "./create.ts";
import { SojournError } from "./errors.ts";
import { issue } from "./issue.ts";
import type { JsonObject } from "./json.ts";
import { nextLoginOrder, revokeExcess } from "./limit.ts";
import { assertLogin } from "./login-checks.ts";
import { removeSession } from "./remove.ts";
import { isAccepted, standingOf } from "./renewal.ts";

import type { Login } from "./session.ts";
import { type HandleState, type Held, heldBy, type Visit } from "./visit.ts";

/**
 * Starts a session for a user: a new row with a new id and secret; then the old row is removed. The old session is sealed
 * first where something is carried out of it, so that a concurrent change is either carried or refused and of two logins
 * one carries it; and where somebody was logged in with it, so that it is dead even if the removal fails.
 */
export async function logIn<Data extends object>(
  login: Login<Data>,
  state: HandleState,
  visit: Visit<Data>,
): Promise<Held> {
  assertLogin(login);
  assertMayCreate(visit);
  const { engine } = visit;
  const userId = login.id;
  const old = await heldBy(state);
  // What only reads comes first: a store that fails there has cost nothing yet.
  const loginOrder = await nextLoginOrder(userId, engine);
  const kept = old ? await sealAndKeep(old, login, visit) : nothingKept;
  const checked = engine.data.checked(kept.data, kept);
  const session = { ...checked, level: login.level ?? "aal1", loginOrder, userId, ref: login.ref ?? null } as const;
  const held = await storeNewSession(session, visit);

  if (old && kept.isOurs) await removeOld(old, visit);
  await revokeExcess(userId, engine);
  issue(held.token, held.loaded.record, visit);
  state.spent = new SojournError(
    "ERR_SESSION_SUPERSEDED",
    "A login has replaced this session: use the one it returned",
  );
  engine.emit({ type: "session_created", severity: "info", sessionId: held.loaded.row.id, userId });
  return held;
}

/** What travels, and whether the old session is this request's to remove: a secret that was replaced has no say in it. */
interface Kept {
  readonly data: JsonObject;
  /** Of the data as it was when it was sealed: a newer release may have written it meanwhile. */
  readonly dataVersion: number;
  readonly isOurs: boolean;
}

const nothingKept: Kept = { data: {}, dataVersion: 0, isOurs: false };

async function sealAndKeep<Data extends object>(old: Held, login: Login<Data>, { engine }: Visit<Data>): Promise<Kept> {
  const { userId: oldUserId, id: sessionId } = old.loaded.row;
  const presented = presentedBy(old.token);
  const belongsToAnother = oldUserId !== null && oldUserId !== login.id;
  const keys = login.keep === "none" || belongsToAnother ? [] : login.keep;
  if (belongsToAnother && login.keep !== "none") {
    engine.emit({ type: "session_data_not_kept", severity: "warning", sessionId, userId: oldUserId });
  }
  if (oldUserId === null && keys.length === 0) return { ...nothingKept, isOurs: true };
  try {
    const { result } = await commit<Kept>(
      old.loaded,
      (record) => {
        const standing = standingOf(presented, record, engine.clock.now(), engine.rules);
        if (!isAccepted(standing) || record.sealed) return null;
        const entries = keys.flatMap((key) => {
          const value = Object.hasOwn(record.data, key) ? record.data[key as string] : undefined;
          return value === undefined ? [] : [[key, value] as const];
        });
        const { dataVersion } = record;
        const result: Kept = { data: Object.fromEntries(entries), dataVersion, isOurs: true };
        return { record: { ...record, sealed: true }, result };
      },
      engine,
    );
    return result ?? nothingKept;
  } catch (error) {
    // Another login of this visitor, or a logout, was first: there is nothing left to carry.
    if (error instanceof SojournError && error.code === "ERR_SESSION_ENDED") return nothingKept;
    throw error;
  }
}

async function removeOld<Data extends object>(old: Held, { engine }: Visit<Data>): Promise<void> {
  const { id: sessionId, userId } = old.loaded.row;
  try {
    await removeSession(sessionId, engine.storage);
    if (userId !== null) {
      engine.emit({ type: "session_expired", severity: "info", reason: "replaced", sessionId, userId });
    }
  } catch (error) {
    // What is left behind is anonymous or sealed: worth a line in the log, not a failed login.
    const code = error instanceof SojournError ? error.code : "ERR_STORE_UNAVAILABLE";
    engine.emit({ type: "store_failed", severity: "warning", operation: "remove", code, sessionId });
  }
}
