import { presentedBy } from "./assess.ts";
import { drawOffer, sendOffer } from "./binding-offer.ts";
import { commit } from "./commit.ts";
import { assertMayCreate, storeNewSession } from "./create.ts";
import { assertCredentialStands } from "./credentials.ts";
import type { DataRules } from "./data.ts";
import { codeOf, SojournError } from "./errors.ts";
import type { SessionId, UserId } from "./ids.ts";
import { issue } from "./issue.ts";
import { nextLoginOrder, revokeExcess } from "./limit.ts";
import { assertLogin } from "./login-checks.ts";
import { isNewDevice, othersOf } from "./new-device.ts";
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
): Promise<LoggedIn> {
  assertLogin(login, visit.engine);
  assertMayCreate(visit);
  const { engine } = visit;
  const userId = login.id;
  const old = await heldBy(state);
  // What only reads comes first: a store that fails there has cost nothing yet.
  const others = await othersOf(login, engine);
  const loginOrder = nextLoginOrder(others, engine);
  const newDevice = isNewDevice(login, others);
  const kept = old ? await sealAndKeep(old, login, visit) : nothingKept(visit);
  const offer = drawOffer(visit);
  const session = {
    ...kept.checked,
    level: login.level ?? "aal1",
    loginOrder,
    userId,
    ref: login.ref ?? null,
    ...(login.label !== undefined && { label: login.label }),
    ...(login.methods !== undefined && { methods: [...login.methods] }),
    ...(login.persistent && { remembered: true as const }),
    ...(login.credentialVersion !== undefined && { credentialVersion: login.credentialVersion }),
    ...(offer && { binding: offer.record }),
  } as const;
  const held = await storeNewSession(session, visit);
  await assertCredentialStands(held, engine);

  if (old && kept.isOurs) await removeReplaced({ sessionId: old.loaded.row.id, userId: old.loaded.row.userId }, visit);
  // Whoever held a replaced secret of this user's session and has just proved to be that user means this session: left
  // alone, it would be the thief's who replaced it. Likewise one whose device is gone, or of an old credential: nobody can
  // use it any more.
  const { because, session: refused } = state.refused ?? { because: null, session: null };
  const isLeftBehind = because !== null && ["superseded", "unbound", "credentials-changed"].includes(because);
  if (isLeftBehind && refused?.userId === userId) await removeReplaced(refused, visit);
  await revokeExcess(userId, engine);
  engine.emit({ type: "session_created", severity: "info", newDevice, sessionId: held.loaded.row.id, userId });
  issue(held.token, held.loaded.record, visit);
  sendOffer(offer, held.loaded.record, visit);
  state.spent = new SojournError(
    "ERR_SESSION_SUPERSEDED",
    "A login has replaced this session: use the one it returned",
  );
  return { held, newDevice };
}

export interface LoggedIn {
  readonly held: Held;
  readonly newDevice: boolean | null;
}

/** What travels, and whether the old session is this request's to remove: a secret that was replaced has no say in it. */
interface Kept {
  readonly checked: ReturnType<DataRules["checked"]>;
  readonly isOurs: boolean;
}

function nothingKept<Data extends object>({ engine }: Visit<Data>): Kept {
  return { checked: engine.data.checked({}, { dataVersion: 0 }), isOurs: false };
}

async function sealAndKeep<Data extends object>(old: Held, login: Login<Data>, visit: Visit<Data>): Promise<Kept> {
  const { engine } = visit;
  const { userId: oldUserId, id: sessionId } = old.loaded.row;
  const presented = presentedBy(old.token);
  const belongsToAnother = oldUserId !== null && oldUserId !== login.id;
  const keys = login.keep === "none" || belongsToAnother ? [] : login.keep;
  if (belongsToAnother && login.keep !== "none") {
    engine.emit({ type: "session_data_not_kept", severity: "warning", sessionId, userId: oldUserId });
  }
  if (oldUserId === null && keys.length === 0) return { ...nothingKept(visit), isOurs: true };
  try {
    const { result } = await commit<Kept>(
      old.loaded,
      (record) => {
        const standing = standingOf(presented, record, engine.clock.now(), engine.rules);
        if (!isAccepted(standing) || record.sealed) return null;
        const stored = keys.length === 0 ? {} : record.data.value;
        const entries = keys.flatMap((key) => {
          const value = Object.hasOwn(stored, key) ? stored[key as string] : undefined;
          return value === undefined ? [] : [[key, value] as const];
        });
        // Checked before the old session is given up, in the version it is written in at this moment.
        const checked = engine.data.checked(Object.fromEntries(entries), record);
        return { record: { ...record, sealed: true }, result: { checked, isOurs: true } };
      },
      engine,
    );
    return result ?? nothingKept(visit);
  } catch (error) {
    // Another login of this visitor, or a logout, was first: there is nothing left to carry. Nor is there in what cannot
    // be read, and nobody shall be kept from logging in by it.
    if (["ERR_SESSION_ENDED", "ERR_BODY_UNREADABLE"].includes(codeOf(error))) return nothingKept(visit);
    throw error;
  }
}

async function removeReplaced<Data extends object>(
  { sessionId, userId }: { readonly sessionId: SessionId; readonly userId: UserId | null },
  { engine }: Visit<Data>,
): Promise<void> {
  try {
    await removeSession(sessionId, engine.storage);
    if (userId !== null) {
      engine.emit({ type: "session_expired", severity: "info", reason: "replaced", sessionId, userId });
    }
  } catch (error) {
    // Worth a line in the log, not a failed login: what is left behind is anonymous, sealed, or found by the next replay.
    const code = codeOf(error);
    engine.emit({ type: "store_failed", severity: "warning", operation: "remove", code, sessionId });
  }
}
