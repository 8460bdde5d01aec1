import type { Host } from "../stories/host.ts";
import { tellAll } from "../stories/tell.ts";

type Handler = (request: Request) => Response | Promise<Response>;

/** Whoever serves at the moment: stories are told one after the other. */
let current: Handler = () => new Response(null, { status: 404 });

function hostOf(origin: string): Host {
  const otherRequests = "what one request opened there, no other can write to";
  return {
    runtime: "workerd",
    async serve(handler) {
      current = handler;
      return { origin, close: async () => {} };
    },
    sqlite: "it has none outside Durable Objects",
    folder: "",
    sockets: otherRequests,
    streams: otherRequests,
  };
}

/** One worker: told to, it tells the stories, a line at a time, and meanwhile serves what they serve. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, origin } = new URL(request.url);
    if (pathname !== "/tell-the-stories") return current(request);
    const { readable, writable } = new TransformStream();
    const writer = writable.getWriter();
    const encoder = new TextEncoder();
    const telling = tellAll(hostOf(origin), (line) => {
      writer.write(encoder.encode(`${JSON.stringify(line)}\n`)).catch(() => {});
    });
    telling.finally(() => writer.close()).catch(() => {});
    return new Response(readable);
  },
};
