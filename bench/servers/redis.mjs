import { createClient } from "redis";

/** node-redis, which connect-redis documents, on the server that the benchmark started. */
export async function connectRedis() {
  const client = createClient({ socket: { host: "127.0.0.1", port: Number(process.env.BENCH_REDIS_PORT) } });
  client.on("error", () => {});
  await client.connect();
  return client;
}
