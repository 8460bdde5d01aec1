import { parseToken } from "../core/token.ts";
import type { Transport } from "../core/transport.ts";
import { assertSafeToIssue, isSafeConnection } from "./safe-connection.ts";

/** The response header in which a native client is given its token, at login and at renewal. */
const tokenHeader = "Sojourn-Token";

/**
 * The token in `Authorization: Bearer`: for native clients with a key store of their own. A request that a web page made
 * is refused, so that nobody is tempted to keep a token where scripts can read it (OSM-18).
 */
export function bearerTransport(): Transport {
  return {
    header: "Authorization",
    read(request) {
      const header = request.header("authorization");
      if (header === null) return { kind: "none" };
      if (request.header("sec-fetch-site") !== null) return { kind: "web-page" };
      const value = /^Bearer +([^ ]+)$/i.exec(header)?.[1];
      if (value === undefined) return /^Bearer\b/i.test(header) ? { kind: "malformed" } : { kind: "none" };
      const token = parseToken(value);
      return token ? { kind: "token", token } : { kind: "malformed" };
    },
    isSafeFor: isSafeConnection,
    assertMayIssue: assertSafeToIssue,
    issue(sink, token) {
      sink.setHeader(tokenHeader, token);
      sink.setCaching("no-store", { vary: "Authorization" });
    },
    withdraw(sink) {
      sink.setHeader(tokenHeader, "");
      sink.setCaching("no-store", { vary: "Authorization" });
    },
  };
}
