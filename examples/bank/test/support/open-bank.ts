import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Policy } from "sojourn";
import { type TestClock, testClock } from "sojourn/testing";
import { type Bank, createBank } from "../../src/bank.ts";
import { type Database, openDatabase } from "../../src/database.ts";

/** A bank on a real socket and a real file, whose clock a test sets. */
export interface OpenBank {
  readonly url: string;
  readonly port: number;
  readonly clock: TestClock;
  readonly db: Database;
  readonly server: Server;
  readonly manager: Bank["manager"];
  /** Everything it has written to its log. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/** What a bank needs to be opened over https, in PEM. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Opens a bank of its own for a test. */
export async function openBank({
  tls,
  ...options
}: {
  readonly policy?: Partial<Policy>;
  readonly proxy?: string;
  readonly tls?: Certificate;
} = {}): Promise<OpenBank> {
  const folder = mkdtempSync(join(tmpdir(), "sojourn-bank-"));
  const db = await openDatabase(join(folder, "bank.sqlite"));
  const clock = testClock(Date.now());
  const lines: string[] = [];
  const server = tls ? createHttps(tls) : createServer();
  const port = await listen(server);
  const url = `${tls ? "https" : "http"}://localhost:${port}`;
  const bank = createBank({ db, clock, origins: [url], log: (line) => lines.push(line), ...options });
  server.on("request", bank.app);
  return {
    url,
    port,
    clock,
    db,
    server,
    manager: bank.manager,
    lines,
    async close() {
      bank.close();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
      db.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** On a free port of this machine. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
