import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** A program of somebody else's, with everything it started itself. */
export interface Running {
  /** Ends it and resolves when it is gone. */
  stop(): Promise<void>;
}

export interface Program {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What answers once it has started: an address, or a question. */
  readonly url?: string;
  readonly isUp?: () => Promise<boolean>;
}

const patience = 60_000;
const running = new Set<ChildProcess>();
// A test run that is stopped half-way leaves nothing behind.
process.once("exit", () => {
  for (const child of running) endFamily(child, "SIGKILL");
});
process.once("SIGTERM", () => process.exit(1));

/** Starts a program, and waits until its address answers. Rejects with what it printed if it ends before. */
export async function start({
  program,
  parameters,
  cwd,
  env,
  url = "",
  isUp = () => answers(url),
}: Program): Promise<Running> {
  // A family of its own: PHP's server leaves its workers behind when it alone is ended.
  const child = spawn(program, parameters, {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    ...(cwd && { cwd }),
    env: { ...process.env, ...env },
  });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => printed.push(String(chunk)));
  running.add(child);
  const gone = once(child, "close").finally(() => running.delete(child));
  gone.catch((error: Error) => printed.push(error.message));
  const stop = async () => {
    endFamily(child, "SIGTERM");
    const isGone = await Promise.race([gone.then(() => true), delay(5_000, false, { ref: false })]);
    if (!isGone) endFamily(child, "SIGKILL");
    await gone;
  };

  const deadline = Date.now() + patience;
  while (!(await isUp())) {
    const why = !running.has(child) ? "ended before it answered" : Date.now() > deadline ? "did not answer" : null;
    if (why !== null) {
      if (running.has(child)) await stop();
      throw new Error(`${program} ${why}:\n${printed.join("").slice(-4_000)}`);
    }
    await delay(50);
  }
  return { stop };
}

function endFamily({ pid }: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url, { redirect: "manual" }).then(
    async (response) => {
      await response.body?.cancel();
      return response.status < 500;
    },
    () => false,
  );
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, "close");
  return port;
}
