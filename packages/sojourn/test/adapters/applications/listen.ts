import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { AdapterApplication } from "../../../src/testing/index.ts";

/** Serves `listener` on a free port of this machine. */
export async function listen(listener: RequestListener): Promise<AdapterApplication> {
  const server = createServer(listener);
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
