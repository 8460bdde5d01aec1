import { honoApplication } from "../../../../../examples/hono/test/routes.ts";
import { withSession } from "../../../src/adapters/fetch.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import { sqliteStore } from "../../../src/stores/sqlite.ts";
import {
  type AdapterApplicationData,
  adapterChecks,
  type StartAdapterApplication,
  type StoreFixture,
  storeChecks,
} from "../../../src/testing/index.ts";
import { respond } from "../../adapters/applications/fetch-routes.ts";
import type { Host, Suite } from "./host.ts";

/** The contract of every store, on one in this runtime. */
function storeSuite(name: string, offered: Suite["offered"], open: (host: Host) => Promise<StoreFixture>): Suite {
  const checksOn = (host: Host) => storeChecks(() => open(host));
  return contract({ name, offered, checksOn });
}

/** The contract of every adapter, over real sockets of this runtime. */
function adapterSuite(name: string, start: (host: Host) => StartAdapterApplication): Suite {
  return contract({ name, offered: () => true, checksOn: (host) => adapterChecks(start(host)) });
}

function contract(suite: {
  readonly name: string;
  readonly offered: Suite["offered"];
  readonly checksOn: (host: Host) => readonly { readonly name: string; run(): Promise<void> }[];
}): Suite {
  const { name, offered, checksOn } = suite;
  // Names do not depend on the host.
  const names = checksOn({} as Host).map((check) => check.name);
  const runner = (story: string) => async (host: Host) =>
    checksOn(host)
      .find((check) => check.name === story)
      ?.run();
  return { name, offered, stories: Object.fromEntries(names.map((story) => [story, runner(story)])) };
}

export const memory = storeSuite(
  "memory store",
  () => true,
  async () => ({ stores: [memoryStore()], close: async () => {} }),
);

let databases = 0;

export const sqlite = storeSuite(
  "SQLite store",
  ({ sqlite }) => (typeof sqlite === "string" ? sqlite : true),
  async ({ sqlite, folder }) => {
    if (typeof sqlite === "string") throw new TypeError(sqlite);
    const file = `${folder}/sessions-${databases++}.db`;
    const connections = [sqlite(file), sqlite(file)];
    connections[0]?.exec("PRAGMA journal_mode = WAL");
    return {
      stores: connections.map((db) => sqliteStore(db, { createTable: true })),
      close: async () => connections.forEach((db) => void db.close()),
    };
  },
);

export const onFetch = adapterSuite("fetch adapter", (host) => ({ manager, isBehindProxy }) => {
  const isPolling = (request: Request) => request.url.endsWith("/poll");
  const options = { behindProxy: isBehindProxy, isPolling, onError: () => {} };
  return host.serve(withSession<AdapterApplicationData>(manager, respond, options));
});

export const onHono = adapterSuite("Hono adapter", (host) => (options) => {
  const app = honoApplication(options);
  return host.serve((request) => app.fetch(request));
});
