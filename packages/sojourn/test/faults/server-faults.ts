import { tcpProxy } from "../support/servers/tcp-proxy.ts";
import { type Fault, lasting } from "./fault.ts";
import type { Rig } from "./matrix.ts";

/** A server that can be stopped the hard way. */
export interface Mortal {
  readonly port: number;
  /** Whether it shows writes to others before they are safe: a crash then undoes some that nobody was told of. */
  readonly showsUnsafeWrites?: boolean;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** What every database behind one address goes through. */
export const serverFaults = [
  "kill -9 and restart",
  "connection cut",
  "connections refused",
  "half-open",
  "black hole",
  "slow beyond the deadline",
] as const;

/** Longer than the engine waits for an answer. */
const beyondTheDeadline = 900;

/** Four processes of an application reach `server` over a wire that can be cut. `connect` is called once for each. */
export async function rigOn(
  server: Mortal,
  connect: (port: number) => Promise<{ readonly store: Rig["connections"][number]; close(): Promise<void> }>,
  close: () => Promise<void>,
): Promise<Rig> {
  const wire = await tcpProxy(server.port);
  const processes = await Promise.all([1, 2, 3, 4].map(() => connect(wire.port)));
  const traffic = (name: Fault["name"], set: Parameters<typeof wire.set>[0], milliseconds = beyondTheDeadline) =>
    lasting(name, milliseconds, { begin: () => wire.set(set), mend: () => wire.set("pass") });
  const killed: Fault = lasting("kill -9 and restart", 200, {
    begin: () => server.kill(),
    mend: () => server.restart(),
  });
  return {
    connections: processes.map(({ store }) => store),
    faults: [
      server.showsUnsafeWrites ? crashing(killed) : killed,
      { name: "connection cut", once: async () => wire.cut() },
      traffic("connections refused", "refuse"),
      traffic("half-open", "half-open"),
      traffic("black hole", "black hole"),
      traffic("slow beyond the deadline", { delay: 500 }, 2 * beyondTheDeadline),
    ].map((fault) => (fault.name === "connections refused" ? cutFirst(fault, wire.cut) : fault)),
    async close() {
      wire.set("pass");
      await Promise.all(processes.map((each) => each.close()));
      await wire.close();
      await close();
    },
  };
}

/** A fault in which a server may forget what it had acknowledged to nobody. */
function crashing({ name, once }: Fault): Fault {
  return { name, once: (run) => run.crash(() => once(run)) };
}

/** Whoever has a connection would not notice that no new ones are made. */
function cutFirst({ name, once }: Fault, cut: () => void): Fault {
  return {
    name,
    async once(run) {
      const refused = once(run);
      cut();
      await refused;
    },
  };
}
