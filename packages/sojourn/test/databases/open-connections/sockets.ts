import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { SessionId } from "../../../src/core/ids.ts";
import type { SessionStore } from "../../../src/core/store.ts";
import { createSessionManager } from "../../../src/manager.ts";
import { Visitor } from "../../support/visitor.ts";

const script = fileURLToPath(new URL("process.mjs", import.meta.url));
const built = fileURLToPath(new URL("../../../dist/connections/index.js", import.meta.url));
const shop = "https://shop.example";

export interface SocketExperiment {
  /** The store as this process has it: where sessions are ended. */
  readonly store: SessionStore;
  /** What the process that holds the sockets connects with. */
  readonly other: { readonly kind: string; readonly [setting: string]: unknown };
  readonly sessions: number;
  /** Called when all sockets are open; no session is ended then. Cuts the other process off from its store. */
  readonly cut?: () => void;
}

/** How one socket was closed: the code it was told, and how long after the revocation was answered, or the cut. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
  readonly after: number;
}

/** What is used of `ws` as a client. */
interface Client {
  on(event: string, listener: (...given: readonly unknown[]) => void): unknown;
  once(event: string, listener: (...given: readonly unknown[]) => void): unknown;
  terminate(): void;
}

/** Opens a WebSocket a session in another process, ends the sessions in this one, or cuts that one off, and says how each socket was closed. */
export async function closeElsewhere({ store, other, sessions, cut }: SocketExperiment): Promise<readonly Closed[]> {
  if (!existsSync(built)) throw new Error("The other process runs the built library: run `npm run build` first");
  const installed =
    process.env.SOJOURN_CONNECTIONS ?? fileURLToPath(new URL("../../../../../examples/connections", import.meta.url));
  const { WebSocket } = createRequire(`${installed}/server.ts`)("ws") as {
    readonly WebSocket: new (url: string, options: { readonly headers: object }) => Client;
  };
  const child = fork(script, [JSON.stringify({ ...other, origins: [shop], sockets: installed })], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    // Not those of the tests, which resolve the library's sources.
    execArgv: [],
  });
  try {
    const gone = once(child, "exit").then(([code]) =>
      Promise.reject(new Error(`The other process ended with ${code}`)),
    );
    gone.catch(() => {});
    const [port] = (await Promise.race([once(child, "message"), gone])) as [number];
    const manager = createSessionManager({ store, origins: [shop] });
    const open: { readonly id: SessionId; readonly closed: Promise<readonly [number, number, string]> }[] = [];
    for (let number = 0; number < sessions; number++) {
      const visitor = new Visitor(manager);
      const { id } = await visitor.logIn(`user ${number}`);
      const cookie = [...visitor.jar].map(([name, value]) => `${name}=${value}`).join("; ");
      const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { Origin: shop, Cookie: cookie } });
      const closed = new Promise<readonly [number, number, string]>((resolve, reject) => {
        socket.on("error", (error) => reject(error));
        socket.once("close", (code, reason) => resolve([performance.now(), Number(code), String(reason)]));
      });
      closed.catch(() => {});
      await Promise.race([new Promise((resolve) => socket.once("message", resolve)), closed, gone]);
      open.push({ id, closed });
    }
    cut?.();
    const results: Promise<Closed>[] = [];
    for (const { id, closed } of open) {
      if (!cut) await manager.revoke({ id, of: "any user" });
      const revoked = performance.now();
      results.push(closed.then(([at, code, reason]) => ({ code, reason, after: Math.max(0, at - revoked) })));
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    return await Promise.race([Promise.all(results), gone]);
  } finally {
    child.kill("SIGKILL");
  }
}

/** As a line: the middle, the ninety-ninth in a hundred, the longest. */
export function delaysOf(closed: readonly Closed[]): string {
  const sorted = closed.map(({ after }) => after).sort((a, b) => a - b);
  const at = (share: number) => `${(sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(1)} ms`;
  return `${sorted.length} sockets: p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`;
}
