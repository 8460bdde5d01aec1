import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a server on this machine that can be cut without a word. */
export interface BlackHole {
  readonly port: number;
  /** From here on nothing comes through in either direction, and nothing is closed. */
  swallow(): void;
  close(): Promise<void>;
}

export async function blackHoleTo(port: number): Promise<BlackHole> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((inner) => {
    const outer = connect({ host: "127.0.0.1", port });
    for (const [one, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(one);
      one.on("data", (bytes) => void (isCut || other.write(bytes)));
      one.on("error", () => {});
      one.on("close", () => other.destroy());
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    swallow: () => {
      isCut = true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
