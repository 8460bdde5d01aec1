import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import next from "next";
import { type NextSessions, nextSessions } from "../../../packages/sojourn/src/adapters/next.ts";
import type {
  AdapterApplicationOptions,
  AdapterApplicationData as Data,
  StartAdapterApplication,
} from "../../../packages/sojourn/src/testing/index.ts";
import { respond } from "../../../packages/sojourn/test/adapters/applications/fetch-routes.ts";
import { listenTo } from "../../../packages/sojourn/test/adapters/applications/listen.ts";
import { build } from "../../../packages/sojourn/test/adapters/support/build.ts";
import type { tools } from "./site/tools.ts";

type Tools = typeof tools;

/** What the site in ./site, which Next.js builds and hosts, asks of the test that runs in the same process. */
export interface Suite {
  route(tools: Tools, request: Request): Promise<Response>;
  proxy(tools: Tools, request: Request, goOn: () => Response): Promise<Response>;
  who(tools: Tools): Promise<string>;
  guarded(tools: Tools): Promise<string>;
  logInWhileRendering(tools: Tools): Promise<string>;
  act(tools: Tools, form: FormData): Promise<void>;
}

declare global {
  var suite: Suite;
}

const site = fileURLToPath(new URL("./site/", import.meta.url));

export type NextServer = ReturnType<typeof next>;

/** Next.js, as `next start` has it: one for all applications, since it keeps what it has loaded. */
export async function nextServer(): Promise<NextServer> {
  await build(site, { program: "next", with: ["build"], out: ".next" });
  const server = next({ dev: false, dir: site });
  await server.prepare();
  return server;
}

/** The application of the adapter suite in Route Handlers, and what only Next.js has beside it. */
export function startOn(server: NextServer): StartAdapterApplication {
  const handle = server.getRequestHandler();
  return async (options) => {
    globalThis.suite = suiteOf(options);
    return listenTo(createServer((request, response) => void handle(request, response)));
  };
}

function suiteOf({ manager, isBehindProxy }: AdapterApplicationOptions): Suite {
  const isPolling = ({ url }: Request) => url.endsWith("/poll");
  const on = (tools: Tools): NextSessions<Data> =>
    nextSessions(manager, tools, { behindProxy: isBehindProxy, isPolling });
  return {
    route: (tools, request) => on(tools).route(respond)(request),
    proxy: (tools, request, goOn) => on(tools).guard(request, { at: "/confirm" }, goOn),
    who: async (tools) => (await on(tools).current()).userId ?? "nobody",
    guarded: async (tools) => (await on(tools).requireUser({ at: "/confirm" })).userId,
    async logInWhileRendering(tools) {
      const session = await on(tools).current();
      return session.authenticate({ id: "alice", keep: "none" }).then(
        () => "logged in",
        (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
      );
    },
    async act(tools, form) {
      const session = await on(tools).current(form);
      if (form.get("do") === "log out") await session.end();
      else await session.authenticate({ id: String(form.get("do")), keep: "none" });
    },
  };
}
