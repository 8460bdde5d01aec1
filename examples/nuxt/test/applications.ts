import type { RequestListener, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import * as h3v1 from "h3";
import * as h3v2 from "h3-2";
import { toNodeHandler } from "h3-2/node";
import { answerError, type H3Event, type H3Sessions, h3Sessions } from "../../../packages/sojourn/src/adapters/h3.ts";
import type {
  AdapterApplicationOptions,
  AdapterApplicationData as Data,
  StartAdapterApplication,
} from "../../../packages/sojourn/src/testing/index.ts";
import { addOne, codeMetBy, logIn } from "../../../packages/sojourn/test/adapters/applications/answers.ts";
import { respond } from "../../../packages/sojourn/test/adapters/applications/fetch-routes.ts";
import { serve } from "../../../packages/sojourn/test/adapters/applications/fetch-server.ts";
import { listen } from "../../../packages/sojourn/test/adapters/applications/listen.ts";
import { build } from "../../../packages/sojourn/test/adapters/support/build.ts";

/** What the site in ./site, which Nuxt builds and hosts, asks of the test that runs in the same process. */
export interface Suite {
  open(event: H3Event): unknown;
  guard(event: H3Event): unknown;
  respond(event: H3Event, request: Request): unknown;
  answerError(error: unknown, event: H3Event): void;
  who(event: H3Event): string;
  count(event: H3Event): Promise<void>;
}

declare global {
  var suite: Suite;
}

/** The application of the adapter suite on h3 1, served by Node. */
export const startOnH3v1: StartAdapterApplication = (options) => {
  const { open, guard, respond, answerError } = suiteOf(options);
  const app = h3v1.createApp({ onError: quiet(answerError) });
  app.use(h3v1.defineEventHandler(open)).use(h3v1.defineEventHandler(guard));
  app.use(h3v1.defineEventHandler((event) => respond(event, h3v1.toWebRequest(event))));
  return listen(h3v1.toNodeListener(app));
};

/** What the suite throws on purpose is answered without being printed. */
function quiet(answer: Suite["answerError"]) {
  return (error: h3v1.H3Error, event: h3v1.H3Event) => {
    answer(error, event);
    if (!event.handled) event.node.res.writeHead(500).end();
  };
}

function h3v2Application(options: AdapterApplicationOptions) {
  const sessions = sessionsOf(options);
  const isFresh = sessions.requireFresh({ within: "5m", at: "/confirm" });
  const app = new h3v2.H3({ silent: true, onError: answerError });
  app.use(sessions.middleware);
  app.use((event, next) => (event.url.pathname.endsWith("/sensitive") ? isFresh(event, next) : next()));
  app.all("/**", (event) => respondIn(sessions, event, event.req));
  return app;
}

/** On h3 2, served by Node. */
export const startOnH3v2: StartAdapterApplication = (options) =>
  listen(toNodeHandler(h3v2Application(options)) as RequestListener);

/** On h3 2, as runtimes without Node's requests have it. */
export const startOnH3v2Web: StartAdapterApplication = (options) =>
  serve(async (request) => h3v2Application(options).fetch(request));

const site = fileURLToPath(new URL("./site/", import.meta.url));

/** The site as Nuxt has built it, with a listener for servers of Node's. */
export async function builtSite(): Promise<RequestListener> {
  await build(site, { program: "nuxt", with: ["build"], out: ".output" });
  const { listener } = await import(/* @vite-ignore */ `${site}.output/server/index.mjs`);
  return listener;
}

export function startOn(listener: RequestListener): StartAdapterApplication {
  return async (options) => {
    globalThis.suite = suiteOf(options);
    return listen(listener);
  };
}

function sessionsOf({ manager, isBehindProxy }: AdapterApplicationOptions): H3Sessions<Data> {
  return h3Sessions(manager, { behindProxy: isBehindProxy, isPolling: ({ path }) => path === "/poll" });
}

function suiteOf(options: AdapterApplicationOptions): Suite {
  const sessions = sessionsOf(options);
  const isFresh = sessions.requireFresh({ within: "5m", at: "/confirm" });
  const isUser = sessions.requireUser({ at: "/login" });
  return {
    open: (event) => sessions.middleware(event),
    guard(event) {
      const [path = ""] = event.path.split("?");
      if (path.endsWith("/sensitive")) return isFresh(event);
      return path === "/pages/guarded" ? isUser(event) : undefined;
    },
    respond: (event, request) =>
      event.path === "/login/late" ? late(sessions, event, request) : respondIn(sessions, event, request),
    answerError,
    who: (event) => sessions.of(event).userId ?? "nobody",
    count: (event) => addOne(sessions.of(event)),
  };
}

function respondIn(sessions: H3Sessions<Data>, event: H3Event, request: Request): Response | Promise<Response> {
  return respond(request, {
    get session() {
      return sessions.of(event);
    },
  });
}

/** h3 1 waits with the headers of a stream for its first piece; this sends them before. */
async function late(sessions: H3Sessions<Data>, event: H3Event, request: Request): Promise<void> {
  const response = event.node?.res as ServerResponse;
  response.flushHeaders();
  const user = await request.text();
  response.end(await codeMetBy(() => logIn(sessions.of(event), user)));
}
