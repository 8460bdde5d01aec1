import type { DatabaseServer } from "../support/servers/database-server.ts";
import type { Deployment } from "../support/servers/deployment.ts";
import type { Rig } from "./matrix.ts";
import { rigOn } from "./server-faults.ts";

/** A deployment on a server of the test's own, behind a wire that can be cut. */
export async function sqlRig(
  server: DatabaseServer,
  deploy: (server: DatabaseServer) => Promise<Deployment>,
  { showsUnsafeWrites = false }: { readonly showsUnsafeWrites?: boolean } = {},
): Promise<Rig> {
  const { control } = server;
  if (!control) throw new Error("Faults are for servers of the test's own");
  const deployment = await deploy(server);
  const port = Number(server.url.port);
  const mortal = { port, showsUnsafeWrites, kill: () => control.kill(), restart: () => control.start() };
  return rigOn(
    mortal,
    (wire) => deployment.connect({ port: wire }),
    // What is in it goes with the server.
    () => server.close(),
  );
}
