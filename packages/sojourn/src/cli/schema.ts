import { mysqlSchema } from "../stores/schema/mysql.ts";
import { postgresSchema } from "../stores/schema/postgres.ts";
import { postgresWatchSchema } from "../stores/schema/postgres-watch.ts";
import { sqliteSchema } from "../stores/schema/sqlite.ts";
import type { Terminal } from "./terminal.ts";

export const schemaUsage = `sojourn schema postgres|mysql|sqlite [--watch]

Prints the tables that the store needs, as SQL: read it, then run it, for example with
  npx sojourn schema postgres | psql "$DATABASE_URL"
Running it again does no harm: do so after every update of sojourn. mysql is for MariaDB too.
--watch (postgres only) prints the triggers that announce changes instead, for postgresStore(client, { listen }).
`;

const schemas = new Map([
  ["postgres", postgresSchema],
  ["postgres --watch", postgresWatchSchema],
  ["mysql", mysqlSchema],
  ["sqlite", sqliteSchema],
]);

/** `npx sojourn schema`. The exit code: 0 if it printed a schema, or how to use it where asked; 2 if asked for something else. */
export async function schema(
  parameters: readonly string[],
  { terminal, errors }: { readonly terminal: Terminal; readonly errors: Terminal },
): Promise<number> {
  const wanted = schemas.get(parameters.join(" "));
  if (wanted !== undefined) {
    terminal.write(wanted);
    return 0;
  }
  const isAskedFor = parameters.includes("--help") || parameters.includes("-h");
  // Not where the SQL would go: that may be a pipe into a database.
  (isAskedFor ? terminal : errors).write(`Usage: ${schemaUsage}`);
  return isAskedFor ? 0 : 2;
}
