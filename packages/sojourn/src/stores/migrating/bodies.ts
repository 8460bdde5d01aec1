import type { Instant } from "../../core/clock.ts";
import type { SessionId } from "../../core/ids.ts";
import type { StoredSession, StoredUpdate } from "../../core/store.ts";

/*
 * What a migration writes into bodies. No body of the engine begins like that: they are JSON, or base64url where they are
 * sealed by a codec.
 */
const sealMark = "~sojourn:moving~";
const tombstoneMark = "~sojourn:ended~";

/** No session comes to this version, so no update can be based on a tombstone. It fits into 32 bits, for every database. */
const tombstoneVersion = 2_147_483_647;

/** A tombstone must outlive every request that was under way when its session ended. */
const tombstonesLast = 86_400_000;

/** `row` as it stands in `from` once it is about to move: the next version, so that no other writer's update fits. */
export function sealed(row: StoredSession): StoredUpdate {
  const { id, version, expiresAt, body } = row;
  return { id, version: version + 1, expiresAt, body: sealMark + body };
}

/** The row as it was before it was sealed; `null` if it is not sealed. */
export function unsealed(row: StoredSession): StoredSession | null {
  if (!row.body.startsWith(sealMark)) return null;
  return { ...row, version: row.version - 1, body: row.body.slice(sealMark.length) };
}

/** What stands in `to` for a session that has ended. Nobody's, so that no index names it; forgotten like an expired row. */
export function tombstone(
  id: SessionId,
  { expiresAt, now }: { readonly expiresAt: Instant; readonly now: Instant },
): StoredSession {
  const until = Math.max(expiresAt, now + tombstonesLast);
  return { id, version: tombstoneVersion, userId: null, ref: null, expiresAt: until, body: tombstoneMark };
}

/** The update that makes a tombstone of a row in `to`. */
export function tombstoneOver(row: StoredSession, now: Instant): StoredUpdate {
  const { id, expiresAt, body } = tombstone(row.id, { expiresAt: row.expiresAt, now });
  return { id, version: row.version + 1, expiresAt, body };
}

export function isTombstone({ body }: StoredSession): boolean {
  return body === tombstoneMark;
}

export function isTombstoneVersion(version: number): boolean {
  return version === tombstoneVersion;
}
