import { OptionsError } from "../core/errors.ts";
import { isPgPool, isPostgresSql, type PgPool, type PostgresClient, type Send, senderFor } from "./postgres-clients.ts";

/** One of pg's connections, taken out of its pool. */
interface PgConnection extends PgPool {
  on(event: string, listener: (message: { readonly payload?: string }) => void): unknown;
  /** `true`: do not use it again. */
  release(destroy: true): void;
}

/** The `sql` of postgres keeps a connection of its own for this, and makes a new one when it is lost. */
interface ListeningSql {
  listen(
    channel: string,
    hear: (payload: string) => void,
    onlisten: () => void,
  ): Promise<{ readonly unlisten: () => PromiseLike<unknown> | undefined }>;
}

interface ListeningPglite {
  listen(channel: string, hear: (payload: string) => void): Promise<() => Promise<void>>;
}

/** A connection that listens. */
export interface Line {
  /** Asks the server, on the same connection where the driver allows it. */
  readonly ask: Send;
  close(): Promise<unknown>;
}

export interface Ears {
  hear(payload: string): void;
  /** It was interrupted: something may have been missed. */
  lost(): void;
}

export type Dial = (ears: Ears) => Promise<Line>;

export const channel = "sojourn_sessions";

/** How to listen through `client`. Throws `OptionsError` if it cannot. */
export function dialThrough(client: PostgresClient): Dial {
  if (isPgPool(client)) return (ears) => dialPg(client, ears);
  if (Object(client) !== client || !("listen" in client) || typeof client.listen !== "function") {
    throw new OptionsError("postgresStore", [
      "`listen` must be a Pool of pg, the sql of postgres or a PGlite: it needs a connection for itself, without a pooler between",
    ]);
  }
  const ask = senderFor(client, { prepare: false });
  return isPostgresSql(client)
    ? (ears) => dialSql(client as unknown as ListeningSql, ask, ears)
    : (ears) => dialPglite(client as unknown as ListeningPglite, ask, ears);
}

async function dialPg(pool: PgPool, { hear, lost }: Ears): Promise<Line> {
  const connection = (await pool.connect()) as PgConnection;
  connection.on("notification", ({ payload = "" }) => hear(payload));
  connection.on("error", lost);
  connection.on("end", lost);
  let isClosed = false;
  const close = async () => {
    if (!isClosed) connection.release(true);
    isClosed = true;
  };
  try {
    await connection.query({ text: `LISTEN ${channel}`, values: [] });
  } catch (error) {
    await close();
    throw error;
  }
  return { ask: senderFor(connection, { prepare: false }), close };
}

async function dialSql(sql: ListeningSql, ask: Send, { hear, lost }: Ears): Promise<Line> {
  let times = 0;
  const { unlisten } = await sql.listen(channel, hear, () => {
    // Not the first time: it had lost its connection.
    if (++times > 1) lost();
  });
  return { ask, close: async () => unlisten() };
}

async function dialPglite(db: ListeningPglite, ask: Send, { hear }: Ears): Promise<Line> {
  const unlisten = await db.listen(channel, hear);
  return { ask, close: unlisten };
}
