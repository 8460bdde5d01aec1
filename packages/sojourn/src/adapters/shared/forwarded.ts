import type { IncomingMessage } from "node:http";

/** Whether the proxy that a request came through is one that `proxy` names, and says that the client used TLS. */
export function isForwardedTls(request: IncomingMessage, proxy: (address: string) => boolean): boolean {
  const forwarded = request.headers["x-forwarded-proto"];
  return forwarded !== undefined && proxy(request.socket.remoteAddress ?? "") && saysTls(String(forwarded));
}

/** The client's address: the socket's, or the last in `X-Forwarded-For` that `proxy` does not name. */
export function forwardedAddress(request: IncomingMessage, proxy: (address: string) => boolean): string | null {
  const hops = String(request.headers["x-forwarded-for"] ?? "").split(",");
  let address = request.socket.remoteAddress ?? "";
  while (hops.length > 0 && proxy(address)) address = hops.pop()?.trim() || address;
  return address || null;
}

/** The last hop of an `X-Forwarded-For`: what the application's own proxy added to it. */
export function lastHop(forwarded: string | null): string | null {
  return forwarded?.split(",").at(-1)?.trim() || null;
}

/** Whether an `X-Forwarded-Proto` says that the client used TLS. A list of hops counts only if every one of them says so. */
export function saysTls(forwarded: string): boolean {
  return forwarded.split(",").every((protocol) => protocol.trim().toLowerCase() === "https");
}
