// Another process of the application: serves WebSockets of logged-in users, and nothing else.

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { acceptWebSockets, openConnections } from "../../../dist/connections/index.js";
import { createSessionManager } from "../../../dist/index.js";
import { mysqlStore } from "../../../dist/stores/mysql.js";
import { postgresStore } from "../../../dist/stores/postgres.js";
import { redisStore } from "../../../dist/stores/redis.js";
import { sqliteStore } from "../../../dist/stores/sqlite.js";

const { kind, port, place, origins, patience, sockets: installed } = JSON.parse(process.argv[2]);
const require = createRequire(import.meta.url);
const { WebSocketServer } = createRequire(`${installed}/server.ts`)("ws");

const connect = {
  redis() {
    const client = new (require("ioredis").Redis)({ host: "127.0.0.1", port, maxRetriesPerRequest: null });
    client.on("error", () => {});
    return redisStore(client, { prefix: place });
  },
  postgres() {
    const pool = new (require("pg").Pool)({ connectionString: place.url, options: `-c search_path=${place.schema}` });
    pool.on("error", () => {});
    return postgresStore(pool, { listen: pool });
  },
  mysql: () => mysqlStore(require("mysql2/promise").createPool(place)),
  sqlite: () => sqliteStore(new (require("libsql"))(place)),
};

const manager = createSessionManager({ store: connect[kind](), origins });
const connections = openConnections(manager, { patience });
await connections.ready().catch(() => {});
const server = createServer();
server.on(
  "upgrade",
  acceptWebSockets(connections, new WebSocketServer({ noServer: true }), (socket, { session }) =>
    socket.send(session.userId),
  ),
);
server.listen(0, "127.0.0.1", () => process.send(server.address().port));
