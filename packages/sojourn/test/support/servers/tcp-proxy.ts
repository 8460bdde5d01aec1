import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** What becomes of the bytes between a client and its server. */
export type Traffic =
  | "pass"
  /** Everything takes so many milliseconds longer, each way. */
  | { readonly delay: number }
  /** The server hears its clients; they never hear it. Nothing is closed. */
  | "half-open"
  /** Connections are accepted, and nobody ever answers. */
  | "black hole"
  /** Connections are reset as soon as they are made. */
  | "refuse";

/** A wire on loopback that a test can cut. */
export interface TcpProxy {
  readonly port: number;
  /** From now on, for connections that stand too. Those that lost bytes are reset once traffic passes again. */
  set(traffic: Traffic): void;
  /** Resets every connection that stands. */
  cut(): void;
  close(): Promise<void>;
}

interface Wire {
  readonly client: Socket;
  readonly server: Socket;
  /** Bytes went missing: what comes after them would be nonsense. */
  hasLost: boolean;
}

/** Listens on a port of its own on 127.0.0.1 and passes everything on to `port` there. */
export async function tcpProxy(port: number): Promise<TcpProxy> {
  const wires = new Set<Wire>();
  let traffic: Traffic = "pass";

  const listener = createServer((client) => {
    if (traffic === "refuse") return void client.resetAndDestroy();
    const wire: Wire = { client, server: connect({ host: "127.0.0.1", port }), hasLost: false };
    wires.add(wire);
    pass(wire, client, wire.server, ["black hole"]);
    pass(wire, wire.server, client, ["black hole", "half-open"]);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");

  function pass(wire: Wire, from: Socket, to: Socket, losses: readonly Traffic[]): void {
    const waiting: { readonly due: number; readonly send: () => void }[] = [];
    /** In their order, also where the delay has just become shorter. */
    const inTime = (send: () => void) => {
      const delay = typeof traffic === "object" ? traffic.delay : 0;
      if (delay === 0 && waiting.length === 0) return send();
      waiting.push({ due: performance.now() + delay, send });
      setTimeout(sendDue, delay);
    };
    const sendDue = () => {
      while (waiting.length > 0 && waiting[0]!.due <= performance.now() + 1) waiting.shift()!.send();
      if (waiting.length > 0) setTimeout(sendDue, waiting[0]!.due - performance.now());
    };
    from.setNoDelay(true);
    from.on("data", (bytes) => {
      if (losses.includes(traffic)) wire.hasLost = true;
      else inTime(() => to.destroyed || to.write(bytes));
    });
    from.on("end", () => {
      if (losses.includes(traffic)) wire.hasLost = true;
      else inTime(() => to.end());
    });
    from.on("error", () => to.destroyed || losses.includes(traffic) || to.resetAndDestroy());
    from.on("close", () => wire.client.destroyed && wire.server.destroyed && wires.delete(wire));
  }

  function reset(wire: Wire): void {
    wire.client.resetAndDestroy();
    wire.server.resetAndDestroy();
    wires.delete(wire);
  }

  return {
    port: (listener.address() as { readonly port: number }).port,
    set(next) {
      traffic = next;
      if (next === "pass") for (const wire of wires) if (wire.hasLost) reset(wire);
    },
    cut() {
      for (const wire of wires) reset(wire);
    },
    async close() {
      for (const wire of wires) reset(wire);
      listener.close();
      await once(listener, "close");
    },
  };
}
