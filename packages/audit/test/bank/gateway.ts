import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

/** What the gateway does wrong. */
export const planted = [
  "X-CRED-06",
  "X-COOK-02",
  "X-COOK-03",
  "X-FIX-01",
  "X-FIX-03",
  "X-FIX-05",
  "X-FIX-06",
  "X-END-01",
  "X-END-02",
  "X-END-06",
  "X-CSRF-08",
  "X-CACHE-01",
  "X-TOK-01",
  "X-TOK-03",
] as const;

const copied = ["content-type", "location", "content-security-policy"] as const;

/**
 * The bank's flawed twin: a gateway in front of it that keeps sessions by numbers of its own, as gateways do. It counts
 * them up, takes any number that it is given, keeps it through a login, answers a logout by itself, and lets everybody
 * read and keep everything.
 */
export function createGateway(bank: string): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const cookies = new Map<string, string>();
  let count = 100_000;

  return async (request, response) => {
    const own = `http://${request.headers.host}`;
    const url = new URL(request.url ?? "/", own);
    const given = /(?:^|; )id=([^;]+)/.exec(request.headers.cookie ?? "")?.[1] ?? url.searchParams.get("id");
    if (given === null) count += 7;
    const id = given ?? String(count);
    if (request.method === "POST" && url.pathname === "/logout") {
      response.writeHead(303, { Location: "/logged-out" }).end();
      return;
    }
    const cookie = cookies.get(id);
    const answer = await fetch(bank + url.pathname + url.search, {
      method: request.method ?? "GET",
      redirect: "manual",
      headers: {
        accept: "text/html",
        ...(cookie && { cookie }),
        ...(request.headers["content-type"] && { "content-type": request.headers["content-type"] }),
        ...(request.headers.origin && { origin: request.headers.origin === own ? bank : request.headers.origin }),
      },
      ...(request.method === "POST" && { body: await buffer(request) }),
    });
    for (const line of answer.headers.getSetCookie()) cookies.set(id, line.split(";")[0] ?? "");
    for (const name of copied) {
      const value = answer.headers.get(name);
      if (value !== null) response.setHeader(name, value);
    }
    if (given === null) response.setHeader("Set-Cookie", `id=${id}; Path=/`);
    if (request.headers.origin) {
      response.setHeader("Access-Control-Allow-Origin", request.headers.origin);
      response.setHeader("Access-Control-Allow-Credentials", "true");
    }
    response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
  };
}
