import { SojournError } from "../core/errors.ts";
import type { RequestFacts } from "../core/request.ts";
import { isLoopback } from "./loopback.ts";

/** TLS, or this very machine (OSM-09, N63B-28). */
export function isSafeConnection(request: RequestFacts): boolean {
  return request.secure || isLoopback(request.url);
}

/** Throws where a session would be issued on a connection that would leak its token, or to a page that would lose it. */
export function assertSafeToIssue(request: RequestFacts): void {
  if (!isSafeConnection(request)) {
    throw new SojournError(
      "ERR_INSECURE_TRANSPORT",
      "No session is issued over plain HTTP. Serve the application over https; behind a proxy that ends TLS, name that proxy to the adapter",
    );
  }
  const origin = request.header("origin");
  if (origin !== null && /^http:/i.test(origin) && !isLoopback(origin)) {
    throw new SojournError(
      "ERR_INSECURE_ORIGIN",
      "This login came from a page on plain HTTP, whose browser would not keep the session's Secure cookie: serve the page over https",
    );
  }
}
