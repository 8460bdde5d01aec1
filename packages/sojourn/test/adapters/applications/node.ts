import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { turnAway, withSession } from "../../../src/adapters/node.ts";
import { requireFresh, type Session } from "../../../src/index.ts";
import type {
  AdapterApplicationOptions,
  AdapterApplicationData as Data,
  StartAdapterApplication,
} from "../../../src/testing/index.ts";
import { aboutMe, addOne, codeMetBy, logIn, stepUp } from "./answers.ts";
import { listen } from "./listen.ts";

interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The request's session as it is now: another one after a login. */
  readonly session: Session<Data>;
}

/** The application of the adapter suite on `node:http`. */
export const startOnNode: StartAdapterApplication = (options) => listen(listenerOf(options));

export function listenerOf({ manager, isBehindProxy }: AdapterApplicationOptions) {
  const handle = withSession<Data>(
    manager,
    (request, response, context) => {
      const path = (request.url ?? "/").split("?")[0] ?? "/";
      const route = path.endsWith("/sensitive") ? sensitive : routes[`${request.method} ${path}`];
      if (!route) return response.writeHead(404).end();
      return route({
        request,
        response,
        get session() {
          return context.session;
        },
      });
    },
    {
      proxy: (address) => isBehindProxy && address === "127.0.0.1",
      isPolling: (request) => request.url === "/poll",
      onError: () => {},
    },
  );
  return (request: IncomingMessage, response: ServerResponse) => void handle(request, response);
}

type Route = (visit: Visit) => unknown;

const me: Route = ({ response, session }) => response.end(JSON.stringify(aboutMe(session)));

const sensitive: Route = ({ request, response, session }) => {
  const verdict = requireFresh(session, { within: "5m" });
  return verdict.met ? response.end("done") : turnAway(request, response, verdict, { at: "/confirm" });
};

const routes: { readonly [methodAndPath: string]: Route } = {
  "GET /me": me,
  "HEAD /me": me,
  "GET /poll": me,
  "GET /public": ({ response }) =>
    response.writeHead(200, { "Cache-Control": "public, max-age=60", Vary: "Accept-Encoding" }).end("hello"),
  "GET /csrf-token": async ({ response, session }) => response.end(await session.csrfToken()),
  "GET /failing": () => {
    throw new Error("The handler failed");
  },
  "POST /confirm": async ({ response, session }) => {
    await stepUp(session);
    response.writeHead(204).end();
  },
  "POST /count": async ({ response, session }) => {
    await addOne(session);
    response.writeHead(204).end();
  },
  "POST /slow": async ({ request, response, session }) => {
    await text(request);
    await addOne(session);
    response.writeHead(204).end();
  },
  "POST /echo": ({ request, response }) => request.pipe(response),
  "POST /login": async (visit) => {
    await logIn(visit.session, await text(visit.request));
    visit.response.writeHead(visit.session.kind === "authenticated" ? 204 : 500).end();
  },
  "POST /login/redirect": async ({ request, response, session }) => {
    await logIn(session, await text(request));
    response.writeHead(303, { Location: "/me" }).end();
  },
  "POST /login/dressed": async ({ request, response, session }) => {
    response.setHeader("Cache-Control", "public");
    response.setHeader("Vary", "Accept-Encoding");
    response.setHeader("Set-Cookie", "theme=dark; Path=/");
    await logIn(session, await text(request));
    response.setHeader("Cache-Control", "public, max-age=60");
    response.writeHead(204).end();
  },
  "POST /login/failing": async ({ request, session }) => {
    await logIn(session, await text(request));
    throw new Error("The handler failed");
  },
  "POST /login/late": async ({ request, response, session }) => {
    response.flushHeaders();
    const user = await text(request);
    response.end(await codeMetBy(() => logIn(session, user)));
  },
  "POST /logout": async ({ response, session }) => {
    await session.end();
    response.writeHead(204).end();
  },
};
