import { anyOf, type Command, type Redis, type RedisDuplicate, type SubscriptionParts } from "./redis.ts";

/** A `Redis` or `Cluster` of ioredis or iovalkey, also one that finds its primary through Sentinel. */
export interface IoredisClient {
  readonly status: string;
  call(command: string, parameters: string[]): Promise<unknown>;
  duplicate(): unknown;
}

/** As much of the library as is used here. */
interface Client {
  readonly options: { readonly role?: string; readonly readOnly?: boolean; readonly scaleReads?: unknown };
  readonly isCluster?: boolean;
  call(command: string, parameters: string[]): Promise<unknown>;
  pipeline(calls: readonly (readonly string[])[]): { exec(): Promise<[Error | null, unknown][] | null> };
  duplicate(override?: object): Client;
  nodes(role: "master"): Client[];
  connect(): Promise<void>;
  subscribe(channel: string): Promise<unknown>;
  on(event: string, listener: (...facts: string[]) => void): unknown;
  disconnect(): void;
}

export function fromIoredis(given: IoredisClient): Redis {
  const client = given as unknown as Client;
  const primaries = () => (client.isCluster ? client.nodes("master") : [client]);
  return {
    send: senderOf(client),
    async sendToAll(command) {
      const answers = await Promise.all(primaries().map((primary) => call(primary, command)));
      return answers.length;
    },
    primaries: async () => primaries().map((primary) => (command) => call(primary, command)),
    duplicate: async () => duplicateOf(client),
    subscribe: async (channel, listener, over) => subscribed(anyOf(primaries()), { channel, listener, over }),
  };
}

/** Settings with which reads would be answered by replicas, each with what to write instead. */
export function ioredisProblems(given: IoredisClient): readonly string[] {
  const { options = {}, isCluster } = given as unknown as Client;
  if (isCluster && options.scaleReads !== undefined && options.scaleReads !== "master") {
    return ['`client` reads from replicas: write client.duplicate([], { scaleReads: "master" })'];
  }
  if (!isCluster && (options.role === "slave" || options.readOnly)) {
    return ['`client` is connected to a replica: leave out `role: "slave"` and `readOnly`'];
  }
  return [];
}

function senderOf(client: Client): Redis["send"] {
  return (_key, command) => call(client, command);
}

/** In lower case: by the name iovalkey looks up which argument is a key, and so which node of a Cluster to ask. */
function call(client: Client, [name, ...parameters]: Command): Promise<unknown> {
  return client.call(name.toLowerCase(), parameters);
}

function duplicateOf(client: Client): RedisDuplicate {
  const connection = client.duplicate();
  connection.on("error", () => {}); // It is the command that fails which says so.
  return {
    send: senderOf(connection),
    async pipeline(_key, commands) {
      const calls = commands.map(([name, ...parameters]) => ["call", name.toLowerCase(), ...parameters]);
      const answers = (await connection.pipeline(calls).exec()) ?? [];
      const failed = answers.find(([error]) => error !== null);
      if (failed) throw failed[0];
      return answers.map(([, answer]) => answer);
    },
    close: () => connection.disconnect(),
  };
}

async function subscribed(node: Client, { channel, listener, over }: SubscriptionParts): Promise<void> {
  const connection = node.duplicate({ lazyConnect: true, retryStrategy: () => null, autoResubscribe: false });
  connection.on("error", () => {});
  over.addEventListener("abort", () => connection.disconnect());
  await connection.connect();
  connection.on("message", (_channel, message = "") => listener.message(message));
  connection.on("close", () => listener.lost());
  await connection.subscribe(channel);
}
