import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { AdapterApplication } from "../../../src/testing/index.ts";

/** Serves `listener` on a free port of this machine. */
export function listen(listener: RequestListener): Promise<AdapterApplication> {
  return listenTo(createServer(listener));
}

/** Lets a server, as a framework makes it, listen on a free port of this machine. */
export async function listenTo(server: Server): Promise<AdapterApplication> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
