import { createServer, type RequestListener } from "node:http";
import { fileURLToPath } from "node:url";
import type { APIContext, MiddlewareHandler } from "astro";
import { astroSessions } from "../../../packages/sojourn/src/adapters/astro.ts";
import type { Session, SojournError } from "../../../packages/sojourn/src/index.ts";
import type {
  AdapterApplicationOptions,
  AdapterApplicationData as Data,
  StartAdapterApplication,
} from "../../../packages/sojourn/src/testing/index.ts";
import { logIn } from "../../../packages/sojourn/test/adapters/applications/answers.ts";
import { respond } from "../../../packages/sojourn/test/adapters/applications/fetch-routes.ts";
import { listenTo } from "../../../packages/sojourn/test/adapters/applications/listen.ts";
import { build } from "../../../packages/sojourn/test/adapters/support/build.ts";

export type SuiteSession = Session<Data>;

/** What the site in ./site, which Astro builds and hosts, asks of the test that runs in the same process. */
export interface Suite {
  readonly open: MiddlewareHandler;
  readonly guard: MiddlewareHandler;
  respond(context: APIContext): Response | Promise<Response>;
  who(context: Pick<APIContext, "locals">): string;
  logIn(session: SuiteSession, user: string): Promise<unknown>;
  told(error: unknown): string;
}

const site = fileURLToPath(new URL("./site/", import.meta.url));

/** The site as Astro has built it, with a listener for servers of Node's. */
export async function builtSite(): Promise<RequestListener> {
  await build(site, { program: "astro", with: ["build"], out: "dist" });
  const { handler } = await import(/* @vite-ignore */ `${site}dist/server/entry.mjs`);
  return handler;
}

export function startOn(listener: RequestListener): StartAdapterApplication {
  return async (options) => {
    globalThis.suite = suiteOf(options);
    return listenTo(createServer((request, response) => void listener(request, response)));
  };
}

function suiteOf({ manager, isBehindProxy }: AdapterApplicationOptions): Suite {
  const sessions = astroSessions(manager, {
    behindProxy: isBehindProxy,
    isPolling: ({ url }) => url.pathname === "/poll",
  });
  const isFresh = sessions.requireFresh({ within: "5m", at: "/confirm" });
  const isUser = sessions.requireUser({ at: "/login" });
  return {
    open: sessions.onRequest,
    guard(context, next) {
      const { pathname } = context.url;
      if (pathname.endsWith("/sensitive")) return isFresh(context, next);
      return pathname === "/pages/guarded" ? isUser(context, next) : next();
    },
    respond: (context) =>
      respond(context.request, {
        get session() {
          return sessions.of(context);
        },
      }),
    who: ({ locals }) => locals.session.userId ?? "nobody",
    logIn,
    told: (error) => `${(error as SojournError).code}: ${(error as SojournError).message}`,
  };
}
