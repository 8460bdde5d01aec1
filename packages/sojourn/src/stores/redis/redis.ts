/** What the store asks of a client library, whichever it is, and whatever it is connected to. */
export interface Redis extends RedisSender {
  /** Sends one command to every primary; resolves to how many there are. */
  sendToAll(command: Command): Promise<number>;
  /** The primaries as they are now, each to be asked by itself. */
  primaries(): Promise<readonly ((command: Command) => Promise<unknown>)[]>;
  /** Connections of the store's own, on which a command that waits holds up nobody else. */
  duplicate(): Promise<RedisDuplicate>;
  /**
   * A connection of the store's own that lives once: it never connects again by itself. `over` ends it, also while it is
   * being made or waits for an answer that never comes. Resolves when it is subscribed.
   */
  subscribe(channel: string, listener: SubscriptionListener, over: AbortSignal): Promise<void>;
}

export interface RedisSender {
  /** Sends one command to the primary that owns `key`, following redirections. */
  send(key: string, command: Command): Promise<unknown>;
}

export interface RedisDuplicate extends RedisSender {
  /**
   * Sends commands to the primary that owns `key`, one right after the other on one connection, or rejects: no answer is
   * another connection's, and no redirection is followed.
   */
  pipeline(key: string, commands: readonly Command[]): Promise<readonly unknown[]>;
  close(): void;
}

/** A command's name and its arguments. */
export type Command = readonly [name: string, ...parameters: string[]];

export interface SubscriptionListener {
  message(message: string): void;
  /** At least once when the connection is gone. */
  lost(): void;
}

export interface SubscriptionParts {
  readonly channel: string;
  readonly listener: SubscriptionListener;
  readonly over: AbortSignal;
}

/** One of the primaries to subscribe at: the nodes of a Cluster hand messages on to each other. */
export function anyOf<Node>(nodes: readonly Node[]): Node {
  const node = nodes[Math.floor(Math.random() * nodes.length)];
  if (node === undefined) throw new Error("No primary of the Cluster is known");
  return node;
}
