import type { SessionStore } from "../../../src/core/store.ts";

/** A store as one process of an application has it: on connections of its own. */
export interface Connection<Store extends SessionStore = SessionStore> {
  readonly store: Store;
  close(): Promise<void>;
}

/**
 * A place where sessions are kept, with nothing in it yet: a namespace of its own (a key prefix, a schema, a database, a
 * file) on a server that the test started, or on the one whose address was given.
 */
export interface Deployment<Store extends SessionStore = SessionStore> {
  /** As the tables print it: database, topology, client, for example `"redis cluster, ioredis"`. */
  readonly name: string;
  /** Every call is one more process of the application. `port`: reach the server through this port on 127.0.0.1. */
  connect(options?: { readonly port?: number }): Promise<Connection<Store>>;
  /** Forgets what is in it, and stops what was started for it. */
  close(): Promise<void>;
}
