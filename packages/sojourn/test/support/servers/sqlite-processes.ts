import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Libsql from "libsql";
import { SojournError, type SojournErrorCode } from "../../../src/core/errors.ts";
import type { SessionId } from "../../../src/core/ids.ts";
import type { SessionStore } from "../../../src/core/store.ts";
import { sqliteSchema } from "../../../src/stores/sqlite.ts";
import type { Connection, Deployment } from "./deployment.ts";

/** A process of the application with the file open; everything it does is done there. */
export interface SqliteProcess extends Connection {
  /** Ends it as a power failure would. Whoever asks next starts another one. */
  kill(): void;
  /** Stops it where it stands, with whatever lock it holds. */
  pause(): void;
  resume(): void;
}

export type SqliteProcesses = Omit<Deployment, "connect"> & { connect(): Promise<SqliteProcess> };

const worker = fileURLToPath(new URL("./sqlite-worker.mjs", import.meta.url));
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A SQLite file that several real processes have open at the same time. Needs the build. */
export async function sqliteProcesses(): Promise<SqliteProcesses> {
  const folder = await mkdtemp(join(tmpdir(), "sojourn-sqlite-"));
  const file = join(folder, "sessions.db");
  const db = new Libsql(file);
  db.exec(`PRAGMA journal_mode = WAL; ${sqliteSchema}`);
  db.close();
  return {
    name: "sqlite, several processes",
    async connect() {
      const connection = sqliteProcess(file);
      // It has started when it answers.
      await connection.store.find("nobody" as SessionId);
      return connection;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

interface Caller {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

interface Reply {
  readonly number: number;
  readonly answer?: unknown;
  readonly failure?: { readonly code: SojournErrorCode; readonly message: string };
}

function sqliteProcess(file: string): SqliteProcess {
  let child: ChildProcess | null = null;
  let callers = new Map<number, Caller>();
  let calls = 0;

  function started(): ChildProcess {
    if (child) return child;
    const one = fork(worker, [file], { serialization: "advanced", execArgv: [] });
    const own = new Map<number, Caller>();
    running.add(one);
    one.on("message", ({ number, answer, failure }: Reply) => {
      if (failure) own.get(number)?.reject(new SojournError(failure.code, failure.message));
      else own.get(number)?.resolve(answer);
      own.delete(number);
    });
    one.once("exit", () => {
      running.delete(one);
      if (child === one) child = null;
      for (const { reject } of own.values())
        reject(new Error("the process on the SQLite file ended before it answered"));
    });
    child = one;
    callers = own;
    return one;
  }

  function ask<Answer>(verb: keyof SessionStore, ...given: readonly unknown[]): Promise<Answer> {
    return new Promise<unknown>((resolve, reject) => {
      const one = started();
      const number = ++calls;
      callers.set(number, { resolve, reject });
      one.send({ number, verb, given }, (error) => {
        if (error) reject(error);
      });
    }) as Promise<Answer>;
  }

  return {
    store: {
      name: "sqlite",
      insert: (row, options) => ask("insert", row, options),
      find: (id, options) => ask("find", id, options),
      update: (row) => ask("update", row),
      remove: (id) => ask("remove", id),
      idsOf: (key) => ask("idsOf", key),
      removeExpired: (before, limit) => ask("removeExpired", before, limit),
    },
    kill() {
      child?.kill("SIGKILL");
      child = null;
    },
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    async close() {
      child?.kill("SIGKILL");
      child = null;
    },
  };
}
