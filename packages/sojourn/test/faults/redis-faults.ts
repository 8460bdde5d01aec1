import { setTimeout } from "node:timers/promises";
import { askRedis, type RedisServer, until } from "../support/servers/redis-server.ts";
import { type RedisTopology, sentinelName } from "../support/servers/redis-topologies.ts";
import { type Fault, lasting } from "./fault.ts";

/** Longer than the engine waits for an answer, shorter than the servers wait before they replace one of them. */
const beyondTheDeadline = 700;

/** Resets the connections of every client, on every server. */
export function connectionsCut({ servers }: RedisTopology): Fault {
  return {
    name: "connection cut",
    async once() {
      await Promise.all(servers.map(({ ask }) => ask("CLIENT", "KILL", "TYPE", "normal")));
    },
  };
}

/** A primary stands still: it accepts connections, by its operating system, and answers nobody. */
export function blackHole(redis: RedisTopology): Fault {
  let silent: RedisServer | undefined;
  return lasting("black hole", beyondTheDeadline, {
    async begin() {
      silent = (await redis.primaries())[0];
      silent?.pause();
    },
    mend: () => silent?.resume(),
  });
}

/** A primary dies, one of its replicas takes over, and it comes back as a replica. */
export function primaryLost(redis: RedisTopology, name: string): Fault {
  return failover(redis, name, async (primary) => primary.kill());
}

/** The same a moment after its replicas have lost touch with it: what it acknowledged meanwhile dies with it. */
export function primaryLostAhead(redis: RedisTopology, name: string): Fault {
  return failover(redis, name, async (primary) => {
    const followers = (await primary.ask("INFO", "replication")).matchAll(/port=(\d+)/g);
    const ports = [...followers].map(([, port]) => Number(port));
    const replicas = redis.servers.filter(({ port }) => ports.includes(port));
    for (const replica of replicas) replica.pause();
    await primary.ask("CLIENT", "KILL", "TYPE", "replica");
    await setTimeout(150);
    await primary.kill();
    for (const replica of replicas) replica.resume();
  });
}

function failover(redis: RedisTopology, name: string, lose: (primary: RedisServer) => Promise<void>): Fault {
  return {
    name,
    // A set needs ten seconds to be ready for the next one.
    strikes: 3,
    once: (run) =>
      run.failover(async () => {
        const before = await redis.primaries();
        const [lost] = before as [RedisServer];
        await lose(lost);
        const heirs = async () => (await redis.primaries()).filter((server) => !before.includes(server));
        await until(async () => (await heirs()).length > 0, 30_000);
        await lost.restart();
        await inStep(redis);
      }),
  };
}

/** Every server but the primaries follows one and has heard all it said, and whoever watches over them knows it. */
export function inStep({ name, ports, servers, primaries }: RedisTopology): Promise<void> {
  const isKnown = async (port: number) => {
    const state = await askRedis(port, ["SENTINEL", "REPLICAS", sentinelName]);
    return /master-link-status\r\n\$2\r\nok/.test(state) && !/s_down|disconnected/.test(state);
  };
  return until(async () => {
    if (name === "sentinel" && (await Promise.all(ports.map(isKnown))).includes(false)) return false;
    const first = await primaries();
    const replicas = servers.filter((server) => !first.includes(server));
    const states = await Promise.all(replicas.map(({ ask }) => ask("INFO", "replication")));
    const isWhole = servers.length === 6 ? first.length === 3 : first.length === 1;
    return isWhole && states.every((state) => state.includes("master_link_status:up"));
  }, 30_000);
}

/** Slots with sessions in them move from one primary of a Cluster to another. */
export function resharding(redis: RedisTopology, prefix: string): Fault {
  return {
    name: "resharding",
    async once() {
      const [from, to] = (await redis.primaries()) as [RedisServer, RedisServer];
      const [source, target] = await Promise.all([from, to].map(idOf));
      const listed = await from.ask("SCAN", "0", "MATCH", `${prefix}*`, "COUNT", "10000");
      const keys = listed.split("\r\n").filter((line) => line.startsWith(prefix));
      const slots = new Set(await Promise.all(keys.slice(0, 40).map((key) => slotOf(key, from))));
      for (const slot of slots) {
        await to.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", source!);
        await from.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", target!);
        await emptied(slot, from, to);
        for (const server of [to, from]) await server.ask("CLUSTER", "SETSLOT", slot, "NODE", target!);
      }
    },
  };
}

async function emptied(slot: string, from: RedisServer, to: RedisServer): Promise<void> {
  for (;;) {
    const listed = await from.ask("CLUSTER", "GETKEYSINSLOT", slot, "100");
    const keys = listed.split("\r\n").filter((line) => !/^[$*]/.test(line) && line !== "");
    if (keys.length === 0) return;
    await from.ask("MIGRATE", "127.0.0.1", String(to.port), "", "0", "5000", "KEYS", ...keys);
  }
}

async function idOf({ ask }: RedisServer): Promise<string> {
  return /[0-9a-f]{40}/.exec(await ask("CLUSTER", "MYID"))![0];
}

async function slotOf(key: string, { ask }: RedisServer): Promise<string> {
  return /^:(\d+)/.exec(await ask("CLUSTER", "KEYSLOT", key))![1]!;
}
