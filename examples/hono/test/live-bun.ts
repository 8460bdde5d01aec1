import { Hono } from "hono";
import { upgradeWebSocket, websocket } from "hono/bun";
import { honoSockets, type OpenConnections } from "../../../packages/sojourn/src/connections/index.ts";

/** A socket that greets whoever is let in, for `Bun.serve`. */
export function honoOnBun(connections: OpenConnections<Record<string, unknown>>): object {
  const app = new Hono();
  app.get(
    "/",
    upgradeWebSocket(
      honoSockets(connections, (_context, { session }) => ({
        onOpen: (_event, socket) => socket.send(`Hello, ${session.userId}`),
      })),
    ),
  );
  return { fetch: app.fetch, websocket };
}
