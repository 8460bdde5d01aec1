import type { SessionId } from "../core/ids.ts";
import type { StoredSession } from "../core/store.ts";
import { versionsAtOnce } from "./sql.ts";

/** A row of `sojourn_sessions`, as a driver hands it over: some give large integers as `bigint` or text. */
export interface SqlRow {
  readonly id: string;
  readonly version: number | bigint | string;
  readonly user_id: string | null;
  readonly ref: string | null;
  readonly expires_at: number | bigint | string;
  readonly body: string;
}

/** The stored session in a row. Takes the columns it knows and nothing else a driver may have added. */
export function toStoredSession(row: SqlRow): StoredSession {
  return {
    id: row.id as SessionId,
    version: Number(row.version),
    userId: row.user_id,
    ref: row.ref,
    expiresAt: Number(row.expires_at),
    body: row.body,
  };
}

/** `ids` in parts of at most `versionsAtOnce`. */
export function inChunks(ids: readonly SessionId[]): (readonly SessionId[])[] {
  const starts = Array.from({ length: Math.ceil(ids.length / versionsAtOnce) }, (_, index) => index * versionsAtOnce);
  return starts.map((start) => ids.slice(start, start + versionsAtOnce));
}

/** What `versionsOf` found. */
export function toVersions(rows: readonly Pick<SqlRow, "id" | "version">[]): Map<SessionId, number> {
  return new Map(rows.map(({ id, version }) => [id as SessionId, Number(version)]));
}
