import { execFile } from "node:child_process";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { Client } from "pg";
import { type DatabaseServer, ownServer, type ServerOptions } from "./database-server.ts";
import { startServerProcess } from "./server-process.ts";

const run = promisify(execFile);

/** The PostgreSQL of `POSTGRES_URL`, or one of our own from `POSTGRES_PATH`. */
export async function postgresServer(options: ServerOptions = {}): Promise<DatabaseServer> {
  const given = process.env.POSTGRES_URL;
  return given ? { url: new URL(given), control: null, close: async () => {} } : ownPostgres(options);
}

/** One of our own, whatever was given: for tests that stop it. */
export async function ownPostgres({ durable = false, settings = [] }: ServerOptions = {}): Promise<DatabaseServer> {
  const program = process.env.POSTGRES_PATH;
  if (!program) throw new Error("POSTGRES_PATH is not set: start this test with `npm run test:stores`");
  const user = await unprivileged();
  const data = await mkdtemp(join(tmpdir(), "sojourn-postgres-"));
  if (user) await chown(data, user.uid, user.gid);
  const initial = ["-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8"];
  await run(join(dirname(program), "initdb"), initial, { ...user, cwd: data });

  const fast = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"];
  const all = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"];
  const words = [...all, ...(durable ? [] : fast), ...settings].flatMap((setting) => ["-c", setting]);
  const url = (port: number) => `postgres://postgres:secret-of-the-database@127.0.0.1:${port}/postgres`;
  return ownServer(url, {
    async startOn(port) {
      const parameters = ["-D", data, "-p", String(port), ...words];
      const start = () => startServerProcess({ program, parameters, port, ...(user && { user }) });
      const server = await retried(start, isItsPastInTheWay);
      await retried(() => askNothing(url(port)));
      return server;
    },
    clean: () => rm(data, { recursive: true, force: true }),
  });
}

/** PostgreSQL does not run as root. */
async function unprivileged(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string) => Number((await run("id", [flag, "postgres"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

/** Tries again for 20 seconds, for as long as it fails in a way that passes. */
async function retried<Result>(work: () => Promise<Result>, passes = (_error: Error) => true): Promise<Result> {
  for (const deadline = Date.now() + 20_000; ; ) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline || !passes(error as Error)) throw error;
      await setTimeout(25);
    }
  }
}

/** The processes of its connections outlive a server that is killed, until they notice; none starts on their memory. */
function isItsPastInTheWay(error: Error): boolean {
  return error.message.includes("pre-existing shared memory block");
}

/** It accepts connections before it has recovered, and turns them away until then. */
async function askNothing(connectionString: string): Promise<void> {
  const client = new Client({ connectionString });
  client.on("error", () => {});
  await client.connect();
  await client.end();
}
