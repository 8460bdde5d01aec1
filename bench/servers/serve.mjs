// One contestant, in a process of its own: node serve.mjs FRAMEWORK CONTESTANT. Says its port, then its CPU time when asked.
import { once } from "node:events";

const [framework, contestant] = process.argv.slice(2);
try {
  const { contestants } = await import(`./${framework}.mjs`);
  const server = await contestants[contestant]();
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  process.send({ result: { port: server.address().port } });
} catch (error) {
  process.send({ error: String(error?.stack ?? error) });
}
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send({ result: { cpu: user + system } });
});
process.on("disconnect", () => process.exit(0));
