import type { Answer } from "./answer.ts";
import { commit } from "./commit.ts";
import { SojournError } from "./errors.ts";
import type { SessionId, UserId } from "./ids.ts";
import { needsTouch } from "./judge.ts";
import { assertName } from "./login-checks.ts";
import { assertNames } from "./option-names.ts";
import { dueForPrivileges } from "./renewal.ts";
import { revokeSession, revokeSessions } from "./revoke.ts";
import { standingSessionsOf } from "./standing-sessions.ts";
import type { Loaded } from "./storage.ts";
import { parseSessionId } from "./token.ts";
import type { Engine, Held } from "./visit.ts";

/** The new version, and which of the user's sessions go on with it. */
export interface CredentialsChange {
  readonly version: string;
  readonly keep: "none" | "all" | readonly SessionId[];
}

/**
 * Gives the kept sessions the new version and a new secret at their next request, then ends the others (ASVS 7.4.3).
 * Returns how many ended. Done again after a failure, it goes on.
 */
export async function changeCredentials(userId: UserId, change: CredentialsChange, engine: Engine): Promise<number> {
  assertName(userId, "credentialsChanged(userId)");
  assertNames(change, ["version", "keep"], "credentialsChanged");
  const { version, keep } = change;
  assertName(version, "credentialsChanged({ version })");
  const isList = Array.isArray(keep) && keep.every((id) => typeof id === "string" && parseSessionId(id) !== null);
  if (keep !== "none" && keep !== "all" && !isList)
    throw new TypeError('credentialsChanged({ keep }): write session ids, "none" or "all"');
  const isKept = (id: SessionId) => keep === "all" || (keep !== "none" && keep.includes(id));
  for (const session of await standingSessionsOf(userId, engine)) {
    if (isKept(session.row.id) && session.record.credentialVersion !== version) await adopt(session, version, engine);
  }
  if (keep === "all") return 0;
  return revokeSessions({ userId, except: isKept, reason: "credentials-changed" }, engine);
}

async function adopt(session: Loaded, version: string, engine: Engine): Promise<void> {
  try {
    const next = (record: Loaded["record"]) => ({ ...dueForPrivileges(record), credentialVersion: version });
    await commit(session, (record) => ({ record: next(record), result: null }), engine);
  } catch (error) {
    if (!(error instanceof SojournError) || error.code !== "ERR_SESSION_ENDED") throw error;
  }
}

/** Whether it is time to ask: when activity would be written down, so at most about once a minute for a session in use. */
export function asksCredential({ row, record }: Loaded, { credentialVersionOf, clock, rules }: Engine): boolean {
  return credentialVersionOf !== null && row.userId !== null && needsTouch(record, clock.now(), rules);
}

/** Whether the user's credential is still the one this session was made with, where it is time to ask; throws where nobody can tell. */
export function isCredentialInForce(session: Loaded, engine: Engine): Answer<boolean> {
  const { row, record } = session;
  if (!asksCredential(session, engine) || engine.credentialVersionOf === null || row.userId === null) return true;
  return engine.credentialVersionOf(row.userId).then((version) => version === record.credentialVersion);
}

/**
 * A login whose credential was checked before it changed, and stored after everybody was logged out, is taken back: asked
 * once more when its row is there. Throws `ERR_CREDENTIALS_CHANGED`.
 */
export async function assertCredentialStands({ loaded }: Held, engine: Engine): Promise<void> {
  const { id: sessionId, userId } = loaded.row;
  if (engine.credentialVersionOf === null || userId === null) return;
  let isInForce = false;
  try {
    isInForce = (await engine.credentialVersionOf(userId)) === loaded.record.credentialVersion;
  } finally {
    // Nobody was handed its secret, so that one that cannot be removed opens nothing.
    if (!isInForce) await revokeSession({ sessionId, userId, reason: "credentials-changed" }, engine).catch(() => {});
  }
  if (isInForce) return;
  throw new SojournError("ERR_CREDENTIALS_CHANGED", "The user's credential was changed while they logged in with it");
}
