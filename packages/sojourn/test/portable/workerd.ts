import { readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";

/** A date whose rules every workerd knows that is not older than this suite. */
const compatibilityDate = "2026-06-01";

/** The configuration of a workerd that runs one bundled worker on a port of this machine, and lets it call itself there. */
export async function workerdConfig(bundle: string): Promise<{ readonly file: string; readonly port: number }> {
  const port = await freePort();
  const file = join(dirname(bundle), "workerd.capnp");
  const text = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "${basename(bundle)}")],
      compatibilityDate = "${compatibilityDate}",
      bindings = [(name = "SELF", service = "self")],
    )),
    (name = "self", external = (address = "127.0.0.1:${port}", http = ())),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`;
  writeFileSync(file, text);
  if (readFileSync(bundle, "utf8").includes('from "node:')) throw new Error("The worker imports a module of Node");
  return { file, port };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
