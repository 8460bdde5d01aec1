import { OptionsError, SojournError } from "../../core/errors.ts";
import { isObject } from "../../core/json.ts";
import { isPgPool, isPostgresSql, type PostgresClient, senderFor } from "../../stores/postgres-clients.ts";
import { type DriverError, withoutValues } from "../../stores/sql-errors.ts";
import type { EarlierRow, EarlierStore } from "../earlier.ts";

export interface ConnectPgSimpleOptions {
  /** As connect-pg-simple had it. Default `"session"`. */
  readonly tableName?: string;
  /** As connect-pg-simple had it. Default: what the connection's search path finds. */
  readonly schemaName?: string;
}

/** The sessions of connect-pg-simple, through your own client. Throws `OptionsError`. */
export function connectPgSimple(client: PostgresClient, options: ConnectPgSimpleOptions = {}): EarlierStore {
  const { tableName = "session", schemaName } = options;
  return tableStore(client, {
    name: "connect-pg-simple",
    table: qualified(tableName, schemaName),
    key: "sid",
    data: "sess",
    expires: "expire",
    started: null,
  });
}

export interface BetterAuthTableOptions {
  /** Its `session.modelName`. Default `"session"`. */
  readonly tableName?: string;
  readonly schemaName?: string;
  /** Columns of other names, as its `session.fields` has them. */
  readonly columns?: { readonly token?: string; readonly expiresAt?: string; readonly createdAt?: string };
}

/** The session table of better-auth in PostgreSQL, through your own client. Throws `OptionsError`. */
export function betterAuthTable(client: PostgresClient, options: BetterAuthTableOptions = {}): EarlierStore {
  const { tableName = "session", schemaName, columns = {} } = options;
  const { token = "token", expiresAt = "expiresAt", createdAt = "createdAt" } = columns;
  return tableStore(client, {
    name: "better-auth",
    table: qualified(tableName, schemaName),
    key: quoted(token),
    data: `to_jsonb(it) - '${token.replaceAll("'", "''")}'`,
    expires: quoted(expiresAt),
    started: quoted(createdAt),
  });
}

interface Table {
  readonly name: string;
  readonly table: string;
  readonly key: string;
  readonly data: string;
  readonly expires: string;
  readonly started: string | null;
}

/** Its key while it is moved. No cookie leads to it: the earlier library never signed such a one. */
const away = (key: string) => `sojourn-moving:${key}`;

function tableStore(client: PostgresClient, { name, table, key, data, expires, started }: Table): EarlierStore {
  const isClient = isObject(client) || typeof client === "function";
  if (
    !isClient ||
    !(isPostgresSql(client) || isPgPool(client) || typeof (client as { query?: unknown }).query === "function")
  )
    throw new OptionsError(name, ["client must be a Pool of pg, the sql of postgres, or have the same `query`"]);
  const send = senderFor(client, { prepare: false });
  const startedAt = started === null ? "NULL" : `floor(extract(epoch from ${started}) * 1000)`;
  const select = `SELECT ${data} AS data, ${startedAt} AS started FROM ${table} AS it`;

  async function ask(
    text: string,
    values: readonly string[],
  ): Promise<readonly { readonly [name: string]: unknown }[]> {
    try {
      const { rows } = await send(name, text, values);
      return rows as unknown as readonly { readonly [name: string]: unknown }[];
    } catch (error) {
      const cause = withoutValues(error as DriverError, values);
      const said = cause.code ?? cause.name;
      throw new SojournError("ERR_STORE_UNAVAILABLE", `The table of ${name} cannot be asked (${said})`, { cause });
    }
  }

  async function read(text: string, values: readonly string[]): Promise<EarlierRow | null> {
    const [row] = await ask(text, values);
    if (!row) return null;
    const found: unknown = typeof row.data === "string" ? JSON.parse(row.data) : row.data;
    if (!isObject(found)) return null;
    return row.started === null ? { data: found } : { data: found, startedAt: Number(row.started) };
  }

  return Object.freeze<EarlierStore>({
    name,
    find: (id) => read(`${select} WHERE ${key} IN ($1, $2) AND ${expires} > now() LIMIT 1`, [id, away(id)]),
    async take(id) {
      // One statement, so that a logout is either before it or finds nothing. What was taken before stays as it is.
      await ask(
        `UPDATE ${table} SET ${key} = $2 WHERE ${key} = $1 AND ${expires} > now() AND NOT EXISTS (SELECT 1 FROM ${table} WHERE ${key} = $2)`,
        [id, away(id)],
      );
      return read(`${select} WHERE ${key} = $1`, [away(id)]);
    },
    async forget(id) {
      await ask(`DELETE FROM ${table} WHERE ${key} IN ($1, $2)`, [id, away(id)]);
    },
    async left(onProgress) {
      const last = `floor(extract(epoch from max(${expires})) * 1000)`;
      const [row] = await ask(`SELECT count(*) AS count, ${last} AS last FROM ${table} WHERE ${expires} > now()`, []);
      const count = Number(row?.count ?? 0);
      onProgress(count);
      return { count, until: count === 0 ? Date.now() : Number(row?.last) };
    },
  });
}

function qualified(table: string, schema: string | undefined): string {
  return schema === undefined ? quoted(table) : `${quoted(schema)}.${quoted(table)}`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
