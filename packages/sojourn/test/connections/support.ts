import { setImmediate } from "node:timers/promises";
import type { Closing, OpenConnectionsOptions } from "../../src/connections/index.ts";
import { openConnections } from "../../src/connections/index.ts";
import type { Admitted, Connection, OpenConnections } from "../../src/connections/open-connections.ts";
import type { RequestFacts } from "../../src/core/request.ts";
import type { SessionManager } from "../../src/manager.ts";
import type { Visitor } from "../support/visitor.ts";
import { type World, type WorldOptions, world } from "../support/world.ts";

export type AnyData = Record<string, unknown>;

export const shop = "https://shop.example";

/** The handshake that a page of the application makes in a visitor's browser. */
export function handshake(
  visitor: Visitor,
  headers: Readonly<Record<string, string>> = { origin: shop },
): RequestFacts {
  const cookie = [...visitor.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const sent: Readonly<Record<string, string>> = { upgrade: "websocket", ...(cookie && { cookie }), ...headers };
  return { method: "GET", url: `${shop}/live`, secure: true, header: (name) => sent[name] ?? null };
}

/** One connection, and how it was closed. */
export interface Line {
  readonly connection: Connection;
  readonly session: Admitted<AnyData>["session"];
  /** `null` while it is open. */
  closed(): string | null;
}

/** Opens a connection; throws where it is not let in. */
export async function connect(
  connections: OpenConnections<AnyData>,
  visitor: Visitor,
  headers?: Readonly<Record<string, string>>,
): Promise<Line> {
  const admission = await connections.admit(handshake(visitor, headers));
  if (!admission.admitted) throw new Error(`Not let in: ${admission.because}`);
  let closing: Closing | null = null;
  const connection = admission.hold((given) => {
    if (closing !== null) throw new Error("Closed twice");
    closing = given;
  });
  return { connection, session: admission.session, closed: () => closing && `${closing.code} ${closing.reason}` };
}

export interface LiveWorld extends World {
  readonly connections: OpenConnections<AnyData>;
  /** Another process, with the connections it holds. */
  process(options?: WorldOptions): {
    readonly manager: SessionManager<AnyData>;
    readonly connections: OpenConnections<AnyData>;
  };
}

/** An application with connections, over a store that tells of changes. */
export function liveWorld(options: WorldOptions = {}, settings: OpenConnectionsOptions = {}): LiveWorld {
  const here = world({ origins: [shop], ...options });
  const store = options.store ?? Object.assign(here.store, { watch: here.rows.watch });
  const process = (others: WorldOptions = {}) => {
    const manager = here.node({ store, ...others });
    return { manager, connections: openConnections(manager, settings) };
  };
  return Object.assign(here, { ...process(), process });
}

/** Everything that can happen without time passing has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate();
}
