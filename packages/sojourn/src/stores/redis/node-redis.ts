import type { Batch, Cluster, Connection, NodeRedisClient, Sentinel, Single } from "./node-redis-shapes.ts";
import { anyOf, type Command, type Redis, type RedisDuplicate, type SubscriptionParts } from "./redis.ts";

/** Answers as text, whatever types the client maps them to otherwise. */
const asText = { typeMapping: {} };

/** No command is said to be read-only, so none goes to a replica, also where the client may read from them. */
export function fromNodeRedis(given: NodeRedisClient): Redis {
  const client = given as unknown as Single | Sentinel | Cluster;
  if ("nodeClient" in client) return fromCluster(client);
  return "acquire" in client ? fromSentinel(client) : fromSingle(client);
}

function fromSingle(client: Single): Redis {
  return {
    send: (_key, command) => client.sendCommand(command, asText),
    sendToAll: (command) => client.sendCommand(command, asText).then(() => 1),
    primaries: async () => [(command) => client.sendCommand(command, asText)],
    async duplicate() {
      const copy = await connected(client.duplicate());
      const pipeline = pipelining(
        () => copy.multi(),
        (batch, _key, command) => batch.addCommand(command),
      );
      return { send: fromSingle(copy).send, pipeline, close: () => void copy.destroy() };
    },
    subscribe: (channel, listener, over) => subscribed(client, { channel, listener, over }),
  };
}

function fromSentinel(client: Sentinel): Redis {
  return {
    send: (_key, command) => client.sendCommand(false, command, asText),
    sendToAll: (command) => client.sendCommand(false, command, asText).then(() => 1),
    primaries: async () => [(command) => client.sendCommand(false, command, asText)],
    async duplicate() {
      const copy = await connected(client.duplicate());
      const pipeline = pipelining(
        () => copy.multi(),
        (batch, _key, command) => batch.addCommand(false, command),
      );
      return { send: fromSentinel(copy).send, pipeline, close: () => void copy.destroy() };
    },
    subscribe: (channel, listener, over) =>
      client._execute(false, (primary) => subscribed(primary, { channel, listener, over })),
  };
}

function fromCluster(client: Cluster): Redis {
  const primaries = () => Promise.all(client.masters.map((node) => client.nodeClient(node)));
  return {
    send: (key, command) => client.sendCommand(key, false, command, asText),
    async sendToAll(command) {
      const answers = await Promise.all((await primaries()).map((primary) => primary.sendCommand(command, asText)));
      return answers.length;
    },
    primaries: async () => (await primaries()).map((primary) => (command) => primary.sendCommand(command, asText)),
    async duplicate() {
      const copy = await connected(client.duplicate());
      const pipeline = pipelining(
        () => copy.multi(),
        (batch, key, command) => batch.addCommand(key, false, command),
      );
      return { send: fromCluster(copy).send, pipeline, close: () => void copy.destroy() };
    },
    subscribe: async (channel, listener, over) => subscribed(anyOf(await primaries()), { channel, listener, over }),
  };
}

async function connected<Copy extends Connection>(copy: Copy): Promise<Copy> {
  copy.on("error", () => {}); // It is the command that fails which says so.
  await copy.connect();
  return copy;
}

function pipelining<Parameters extends unknown[]>(
  begin: () => Batch<Parameters>,
  add: (batch: Batch<Parameters>, key: string, command: Command) => unknown,
): RedisDuplicate["pipeline"] {
  return (key, commands) => {
    const batch = begin();
    for (const command of commands) add(batch, key, command);
    return batch.execAsPipeline();
  };
}

async function subscribed(node: Single, { channel, listener, over }: SubscriptionParts): Promise<void> {
  over.throwIfAborted();
  const connection = node.duplicate({ socket: { ...node.options?.socket, reconnectStrategy: false } });
  connection.on("error", () => listener.lost());
  connection.on("end", () => listener.lost());
  // One that is closed already throws when it is closed again.
  over.addEventListener("abort", () => connection.isOpen && connection.destroy());
  await connection.connect();
  await connection.subscribe(channel, (message) => listener.message(message));
}
