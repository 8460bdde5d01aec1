import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type { AdapterApplication } from "../../../src/testing/index.ts";
import { listen } from "./listen.ts";

type Handler = (request: Request) => Promise<Response>;

/** Serves a handler of standard requests on a real socket, bodies streaming both ways. An error of the handler is a 500. */
export function serve(handle: Handler): Promise<AdapterApplication> {
  return listen(async (incoming, outgoing) => {
    const response = await handle(requestFrom(incoming)).catch(() => new Response(null, { status: 500 }));
    outgoing.statusCode = response.status;
    for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
    outgoing.flushHeaders();
    if (response.body === null) outgoing.end();
    else await pipeline(Readable.fromWeb(response.body as NodeReadableStream), outgoing).catch(() => {});
  });
}

function requestFrom(incoming: IncomingMessage): Request {
  const { method = "GET", headers, url = "/" } = incoming;
  const hasBody = method !== "GET" && method !== "HEAD";
  const init = {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
  };
  const body = hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: "half" as const } : {};
  return new Request(`http://${headers.host}${url}`, { ...init, ...body });
}
