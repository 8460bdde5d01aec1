// A process of the fleet with a near cache of its own: holds a session, and says when it first refused it.
import { setImmediate } from "node:timers/promises";
import { createClient } from "redis";
import { nearCache } from "sojourn/near-cache";
import { redisStore } from "sojourn/redis";
import { managerOn, visitWith } from "../lib/sessions.mjs";

const client = createClient({ socket: { host: "127.0.0.1", port: Number(process.argv[2]) } });
client.on("error", () => {});
await client.connect();
const cache = nearCache(redisStore(client), { entries: 10_000, maxAge: "5m" });
await cache.ready();
const manager = managerOn(cache);
process.send({ result: {} });

process.on("message", async ({ hold, untilRefused }) => {
  const { request, sink } = visitWith(hold ?? untilRefused);
  let session = await manager.open(request, sink);
  while (untilRefused && session.userId !== null) {
    await setImmediate();
    session = await manager.open(request, sink);
  }
  const isHeld = session.userId !== null;
  if (hold && !isHeld) process.send({ error: "the session to hold was refused" });
  else process.send({ result: { at: performance.timeOrigin + performance.now() } });
});
process.on("disconnect", () => process.exit(0));
