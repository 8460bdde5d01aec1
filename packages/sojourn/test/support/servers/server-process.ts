import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { setTimeout } from "node:timers/promises";

/** A database server of the test's own, on loopback. */
export interface ServerProcess {
  readonly port: number;
  /** What it printed so far: for the message when something went wrong. */
  readonly output: () => string;
  /** Ends it, as a power failure would by default. Resolves when it is gone. */
  kill(signal?: "SIGKILL" | "SIGTERM" | "SIGINT"): Promise<void>;
  /** Stops it from answering without closing anything, until `resume`. */
  pause(): void;
  resume(): void;
}

export interface ServerCommand {
  /** The program's path, or its name where it is on the PATH. */
  readonly program: string;
  readonly parameters: readonly string[];
  /** Where it listens on 127.0.0.1, by its parameters. */
  readonly port: number;
  /** Whom it runs as, where it refuses to run as root. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Milliseconds until it must accept connections. Default 20,000. */
  readonly patience?: number;
}

const running = new Set<ChildProcess>();
// A test run that is stopped half-way leaves no server behind.
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
// Vitest ends its workers so, which by itself ends a process without its "exit".
process.once("SIGTERM", () => process.exit(1));

/** Starts a server and waits until it accepts connections. Rejects with what it printed if it ends before. */
export async function startServerProcess(command: ServerCommand): Promise<ServerProcess> {
  const { program, parameters, port, user, patience = 20_000 } = command;
  const child = spawn(program, parameters, { stdio: ["ignore", "pipe", "pipe"], ...user });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => printed.push(String(chunk)));
  running.add(child);
  const gone = once(child, "exit").finally(() => running.delete(child));
  gone.catch((error: Error) => printed.push(error.message));
  const output = () => printed.join("").slice(-4_000);

  const deadline = Date.now() + patience;
  while (!(await accepts(port))) {
    if (!running.has(child)) throw new Error(`${program} ended before it accepted connections:\n${output()}`);
    if (Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`${program} did not accept connections within ${patience} ms:\n${output()}`);
    }
    await setTimeout(25);
  }
  return {
    port,
    output,
    async kill(signal = "SIGKILL") {
      child.kill(signal);
      await gone;
    },
    pause: () => signalFamily(child, "SIGSTOP"),
    // What has ended meanwhile need not go on.
    resume: () => running.has(child) && signalFamily(child, "SIGCONT"),
  };
}

/** PostgreSQL answers from a process per connection. These first: once it goes on, it buries those that ended. */
function signalFamily({ pid }: ChildProcess, signal: "SIGSTOP" | "SIGCONT"): void {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter((id) => id !== "");
  for (const id of [...children, String(pid)]) {
    try {
      process.kill(Number(id), signal);
    } catch (error) {
      // A connection's process may end at any moment.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/** A port on 127.0.0.1 that was free a moment ago, and so was the one of a Redis Cluster's bus, 10,000 above. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await listenOnce(0);
    const bus = port + 10_000;
    if (bus < 65_536 && (await listenOnce(bus).catch(() => null)) !== null) return port;
  }
}

/** The port that a server listened on for a moment. */
async function listenOnce(wanted: number): Promise<number> {
  const server = createServer().listen(wanted, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, "close");
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once("connect", () => answer(true)).once("error", () => answer(false));
  });
}
