import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Another site, with pages that attack. */
export interface Attacker {
  readonly host: string;
  readonly port: number;
  /** Puts a page on the site, and returns its address. */
  publish(html: string): string;
  close(): Promise<void>;
}

/** Serves the other site on this machine; the browser alone is told that this is where its name leads. */
export async function serveAttacker(): Promise<Attacker> {
  const host = "attacker.test";
  const pages = new Map<string, string>();
  const server = createServer((request, response) => {
    const page = pages.get(request.url ?? "");
    response.writeHead(page === undefined ? 404 : 200, { "Content-Type": "text/html; charset=utf-8" });
    response.end(page ?? "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    host,
    port,
    publish(html) {
      const path = `/${randomBytes(6).toString("hex")}`;
      pages.set(path, `<!doctype html><meta charset="utf-8"><title>Another site</title>${html}`);
      return `http://${host}${path}`;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
