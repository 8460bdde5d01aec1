import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, isIP } from "node:net";

/** Another site, with pages that attack. */
export interface Attacker {
  readonly host: string;
  readonly port: number;
  /** Puts a page on the site, or on a host below that of a target, and returns its address. */
  publish(html: string, below?: string): string;
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
    publish(html, below) {
      const path = `/${randomBytes(6).toString("hex")}`;
      pages.set(path, `<!doctype html><meta charset="utf-8"><title>Another site</title>${html}`);
      return `http://${below === undefined ? host : siblingOf(below)}${path}`;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** A host of somebody else below the target's, as shared domains have many. */
export function siblingOf(hostname: string): string {
  return `audit-sibling.${hostname}`;
}

/** An address has no hosts below it. */
export function hasSiblings(hostname: string): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, "")) === 0;
}
