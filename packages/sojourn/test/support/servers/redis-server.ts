import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort, type ServerProcess, startServerProcess } from "./server-process.ts";

/** A Redis server of the test's own: its process, and its data in a folder that is removed with it. */
export interface RedisServer {
  readonly port: number;
  /** One command on a connection of its own, as an administrator types it. Answers as RESP prints them, errors too. */
  ask(...command: string[]): Promise<string>;
  kill: ServerProcess["kill"];
  /** Starts it again after `kill`, with the data it left, on the same port. */
  restart(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Ends it for good. */
  close(): Promise<void>;
}

/** `parameters`: further settings, as on the command line. `config`: the text of a configuration file that it may rewrite. */
export async function startRedisServer(
  options: { readonly parameters?: readonly string[]; readonly config?: string; readonly port?: number } = {},
): Promise<RedisServer> {
  const { parameters = [], config, port = await freePort() } = options;
  const program = process.env.REDIS_SERVER_PATH ?? "redis-server";
  const folder = await mkdtemp(join(tmpdir(), "sojourn-redis-"));
  const file = join(folder, "server.conf");
  if (config !== undefined) await writeFile(file, config);
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", ...parameters];
  const start = () =>
    startServerProcess({ program, parameters: config === undefined ? settings : [file, ...settings], port });
  let running = await start();
  return {
    port,
    ask: (...command) => askRedis(port, command),
    kill: (signal) => running.kill(signal),
    async restart() {
      running = await start();
      await until(async () => (await askRedis(port, ["PING"])).startsWith("+PONG"));
    },
    pause: () => running.pause(),
    resume: () => running.resume(),
    async close() {
      running.resume();
      await running.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Asks again and again, until it is so. Rejects after `patience` milliseconds. */
export async function until(isSo: () => Promise<boolean>, patience = 20_000): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await isSo().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`Not so after ${patience} ms: ${isSo}`);
    await setTimeout(20);
  }
}

/** One command to the server at `port`, without any client library: its answer in RESP, whole enough to look into. */
export function askRedis(port: number, command: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    let answer = "";
    socket.setTimeout(5_000, () => socket.destroy(new Error("No answer within 5 seconds")));
    socket.once("error", reject);
    socket.once("close", () => resolve(answer));
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    // Half closed: the server answers, sees that nothing more comes, and closes. `QUIT` is unknown to Sentinels.
    const words = command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    socket.end(`*${command.length}\r\n${words.join("")}`);
  });
}
