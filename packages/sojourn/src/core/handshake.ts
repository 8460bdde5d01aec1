import type { RequestFacts } from "./request.ts";

/** Whether a request asks for a WebSocket. Its headers say so: whoever sends it may say it of any GET. */
export function isHandshake(request: RequestFacts): boolean {
  return request.method === "GET" && /\bwebsocket\b/i.test(request.header("upgrade") ?? "");
}
