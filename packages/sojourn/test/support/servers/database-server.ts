import { freePort, type ServerProcess } from "./server-process.ts";

/** A database server with data of its own, that survive its end until `close`. */
export interface DatabaseServer {
  /** Where to connect as its administrator, without a database. Holds a password where the address was given. */
  readonly url: URL;
  /** `null`: a server whose address was given. It is not ours to stop. */
  readonly control: ServerControl | null;
  /** Stops it and removes its data, where it is ours. */
  close(): Promise<void>;
}

export interface ServerControl {
  /** Ends it, as a power failure would by default; returns when it is gone. */
  kill(signal?: "SIGKILL" | "SIGTERM" | "SIGINT"): Promise<void>;
  /** Starts it again on the same port and data; returns when it answers queries. */
  start(): Promise<void>;
  /** Stops it from answering without closing anything, until `resume`. */
  pause(): void;
  resume(): void;
}

export interface ServerOptions {
  /** Whether what it acknowledged survives a loss of power. Default `false`, which is faster. */
  readonly durable?: boolean;
  /** Settings for its command line. */
  readonly settings?: readonly string[];
}

/** How one product is started on `port`; resolves when it answers queries. */
export type StartOnPort = (port: number) => Promise<ServerProcess>;

/** A server of our own. `clean` removes what it leaves behind. */
export async function ownServer(
  url: (port: number) => string,
  { startOn, clean }: { readonly startOn: StartOnPort; readonly clean: () => Promise<void> },
): Promise<DatabaseServer> {
  const port = await freePort();
  let running: ServerProcess | null = null;
  try {
    running = await startOn(port);
  } catch (error) {
    await clean();
    throw error;
  }
  const kill = async (signal?: "SIGKILL" | "SIGTERM" | "SIGINT") => {
    await running?.kill(signal);
    running = null;
  };
  return {
    url: new URL(url(port)),
    control: {
      kill,
      async start() {
        running ??= await startOn(port);
      },
      pause: () => running?.pause(),
      resume: () => running?.resume(),
    },
    async close() {
      await kill();
      await clean();
    },
  };
}
