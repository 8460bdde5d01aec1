// The administration of an application, a process of its own on the application's SQLite file: grants Alice a role, then
// prints how many of her sessions that concerns.

import { createRequire } from "node:module";
import { createSessionManager } from "../../dist/index.js";
import { sqliteStore } from "../../dist/stores/sqlite.js";

const { binding, file } = JSON.parse(process.argv[2]);
const require = createRequire(import.meta.url);
const connect = {
  libsql: () => new (require("libsql"))(file),
  "node:sqlite": () => new (require("node:sqlite").DatabaseSync)(file),
};

const manager = createSessionManager({ store: sqliteStore(connect[binding]()) });
process.stdout.write(String(await manager.privilegesChanged("alice")));
