import { createServer, type RequestListener } from "node:http";
import { fileURLToPath } from "node:url";
import { createRequestListener } from "@react-router/node";
import type { HandleErrorFunction, MiddlewareFunction } from "react-router";
import { reactRouterSessions } from "../../../packages/sojourn/src/adapters/react-router.ts";
import type {
  ReactRouterArgs,
  ReactRouterContext,
} from "../../../packages/sojourn/src/adapters/shared/react-router-http.ts";
import { SojournError } from "../../../packages/sojourn/src/index.ts";
import type {
  AdapterApplicationOptions,
  StartAdapterApplication,
} from "../../../packages/sojourn/src/testing/index.ts";
import { addOne, logIn } from "../../../packages/sojourn/test/adapters/applications/answers.ts";
import { respond } from "../../../packages/sojourn/test/adapters/applications/fetch-routes.ts";
import { listenTo } from "../../../packages/sojourn/test/adapters/applications/listen.ts";
import { build } from "../../../packages/sojourn/test/adapters/support/build.ts";

/** What the site in ./site, which React Router builds and hosts, asks of the test that runs in the same process. */
export interface Suite {
  readonly open: MiddlewareFunction<Response>;
  readonly guard: MiddlewareFunction<Response>;
  readonly handleError: HandleErrorFunction;
  respond(args: ReactRouterArgs): Response | Promise<Response>;
  who(context: ReactRouterContext): string;
  logIn(context: ReactRouterContext, user: string): Promise<unknown>;
  count(context: ReactRouterContext): Promise<void>;
  told(error: unknown): string;
}

declare global {
  var suite: Suite;
}

const site = fileURLToPath(new URL("./site/", import.meta.url));

/** The site as React Router has built it, with a listener for servers of Node's. */
export async function builtSite(): Promise<RequestListener> {
  await build(site, { program: "react-router", with: ["build"], types: "typegen", out: "build" });
  const built = await import(/* @vite-ignore */ `${site}build/server/index.js`);
  return createRequestListener({ build: built, mode: "production" });
}

export function startOn(listener: RequestListener): StartAdapterApplication {
  return async (options) => {
    globalThis.suite = suiteOf(options);
    return listenTo(createServer(listener));
  };
}

function suiteOf({ manager, isBehindProxy }: AdapterApplicationOptions): Suite {
  const sessions = reactRouterSessions(manager, {
    behindProxy: isBehindProxy,
    isPolling: ({ url }) => url.pathname === "/poll",
  });
  const isFresh = sessions.requireFresh({ within: "5m", at: "/confirm" });
  const isUser = sessions.requireUser({ at: "/login" });
  return {
    open: sessions.middleware,
    guard(args, next) {
      const { pathname } = args.url;
      if (pathname.endsWith("/sensitive")) return isFresh(args, next);
      return pathname === "/pages/guarded" ? isUser(args, next) : next();
    },
    handleError(error, args) {
      // The suite throws errors of its own on purpose: nobody is to read of those.
      if (error instanceof SojournError) sessions.handleError(error, args);
    },
    respond: ({ request, context }) =>
      respond(request, {
        get session() {
          return context.get(sessions.context);
        },
      }),
    who: (context) => sessions.of(context).userId ?? "nobody",
    logIn: (context, user) => logIn(sessions.of(context), user),
    count: (context) => addOne(sessions.of(context)),
    told: (error) => `${(error as SojournError).code}: ${(error as SojournError).message}`,
  };
}
