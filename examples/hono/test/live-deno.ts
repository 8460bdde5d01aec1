import { Hono } from "hono";
import { upgradeWebSocket } from "hono/deno";
import { honoSockets, type OpenConnections } from "../../../packages/sojourn/src/connections/index.ts";

/** A socket that greets whoever is let in, for `Deno.serve`. */
export function honoOnDeno(connections: OpenConnections<Record<string, unknown>>): Hono["fetch"] {
  const app = new Hono();
  app.get(
    "/",
    upgradeWebSocket(
      honoSockets(connections, (_context, { session }) => ({
        onOpen: (_event, socket) => socket.send(`Hello, ${session.userId}`),
      })),
    ),
  );
  return app.fetch;
}
