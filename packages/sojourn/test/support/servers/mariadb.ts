import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type DatabaseServer, ownServer, type ServerOptions } from "./database-server.ts";
import { startServerProcess } from "./server-process.ts";

const run = promisify(execFile);

/** The MySQL or MariaDB of `MYSQL_URL`, or a MariaDB of our own from `MARIADBD_PATH`. */
export async function mysqlServer(options: ServerOptions = {}): Promise<DatabaseServer> {
  const given = process.env.MYSQL_URL;
  return given ? { url: new URL(given), control: null, close: async () => {} } : ownMariadb(options);
}

/** One of our own, whatever was given: for tests that stop it. */
export async function ownMariadb({ durable = false, settings = [] }: ServerOptions = {}): Promise<DatabaseServer> {
  const program = process.env.MARIADBD_PATH;
  if (!program) throw new Error("MARIADBD_PATH is not set: start this test with `npm run test:stores`");
  const folder = await mkdtemp(join(tmpdir(), "sojourn-mariadb-"));
  const data = join(folder, "data");
  const me = `--user=${userInfo().username}`;
  await run("mariadb-install-db", ["--no-defaults", me, `--datadir=${data}`, "--skip-test-db"]);
  const start = join(folder, "start.sql");
  const account = "'sojourn'@'127.0.0.1'";
  await writeFile(
    start,
    `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY 'secret-of-the-database';\nGRANT ALL ON *.* TO ${account};\n`,
  );

  const fast = ["--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--innodb-doublewrite=0"];
  return ownServer((port) => `mysql://sojourn:secret-of-the-database@127.0.0.1:${port}`, {
    startOn: (port) =>
      startServerProcess({
        program,
        parameters: [
          ...["--no-defaults", me, `--datadir=${data}`, `--port=${port}`, "--bind-address=127.0.0.1"],
          ...[`--socket=${join(folder, "socket")}`, "--skip-name-resolve", `--init-file=${start}`],
          ...["--max-connections=300", ...(durable ? [] : fast), ...settings],
        ],
        port,
      }),
    clean: () => rm(folder, { recursive: true, force: true }),
  });
}
