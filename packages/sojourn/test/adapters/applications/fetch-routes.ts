import { type SessionContext, turnAway } from "../../../src/adapters/fetch.ts";
import { requireFresh } from "../../../src/index.ts";
import type { AdapterApplicationData as Data } from "../../../src/testing/index.ts";
import { aboutMe, addOne, codeMetBy, logIn, stepUp } from "./answers.ts";

/** What the routes of the suite's application answer, wherever there are standard requests. */
export const respond: Route = (request, context) => {
  const { pathname } = new URL(request.url);
  const route = pathname.endsWith("/sensitive") ? sensitive : routes[`${request.method} ${pathname}`];
  return route ? route(request, context) : new Response(null, { status: 404 });
};

type Route = (request: Request, context: SessionContext<Data>) => Response | Promise<Response>;

const me: Route = (_request, { session }) => Response.json(aboutMe(session));
const done = () => new Response(null, { status: 204 });

const sensitive: Route = (request, { session }) => {
  const verdict = requireFresh(session, { within: "5m" });
  return verdict.met ? new Response("done") : turnAway(request, verdict, { at: "/confirm" });
};

const routes: { readonly [methodAndPath: string]: Route } = {
  "GET /me": me,
  "HEAD /me": me,
  "GET /poll": me,
  "GET /public": () =>
    new Response("hello", { headers: { "Cache-Control": "public, max-age=60", Vary: "Accept-Encoding" } }),
  "GET /csrf-token": async (_request, { session }) => new Response(await session.csrfToken()),
  "GET /failing": () => {
    throw new Error("The handler failed");
  },
  "POST /confirm": (_request, { session }) => stepUp(session).then(done),
  "POST /count": (_request, { session }) => addOne(session).then(done),
  "POST /slow": async (request, { session }) => {
    await request.text();
    return addOne(session).then(done);
  },
  "POST /echo": (request) => new Response(request.body),
  "POST /login": async (request, context) => {
    await logIn(context.session, await request.text());
    return new Response(null, { status: context.session.kind === "authenticated" ? 204 : 500 });
  },
  "POST /login/redirect": async (request, { session }) => {
    await logIn(session, await request.text());
    return Response.redirect(new URL("/me", request.url), 303);
  },
  "POST /login/dressed": async (request, { session }) => {
    await logIn(session, await request.text());
    const headers = { "Cache-Control": "public", Vary: "Accept-Encoding", "Set-Cookie": "theme=dark; Path=/" };
    return new Response(null, { status: 204, headers });
  },
  "POST /login/failing": async (request, { session }) => {
    await logIn(session, await request.text());
    throw new Error("The handler failed");
  },
  "POST /login/late": async (request, { session }) => {
    const user = await request.text();
    const pull = async (controller: ReadableStreamDefaultController) => {
      controller.enqueue(new TextEncoder().encode(await codeMetBy(() => logIn(session, user))));
      controller.close();
    };
    // Nothing is pulled before somebody reads: when the response is on its way.
    return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }));
  },
  "POST /logout": (_request, { session }) => session.end().then(done),
};
