import { createServer, type RequestListener } from "node:http";
import { fileURLToPath } from "node:url";
import type { RequestEvent } from "@sveltejs/kit";
import type { Handle, HandleServerError } from "@sveltejs/kit/hooks";
import { svelteKitSessions } from "../../../packages/sojourn/src/adapters/sveltekit.ts";
import { type Session, SojournError } from "../../../packages/sojourn/src/index.ts";
import type {
  AdapterApplicationOptions,
  AdapterApplicationData as Data,
  StartAdapterApplication,
} from "../../../packages/sojourn/src/testing/index.ts";
import { addOne, logIn } from "../../../packages/sojourn/test/adapters/applications/answers.ts";
import { respond } from "../../../packages/sojourn/test/adapters/applications/fetch-routes.ts";
import { listenTo } from "../../../packages/sojourn/test/adapters/applications/listen.ts";
import { build } from "../../../packages/sojourn/test/adapters/support/build.ts";

/** What the site in ./site, which SvelteKit builds and hosts, asks of the test that runs in the same process. */
export interface Suite {
  readonly handle: Handle;
  readonly guard: Handle;
  readonly handleError: HandleServerError;
  respond(event: RequestEvent): Response | Promise<Response>;
  who(session: Session<Data>): string;
  logIn(session: Session<Data>, user: string): Promise<unknown>;
  count(session: Session<Data>): Promise<void>;
  told(error: unknown): string;
}

const site = fileURLToPath(new URL("./site/", import.meta.url));

/** The site as adapter-node has built it, with a listener for servers of Node's. */
export async function builtSite(): Promise<RequestListener> {
  await build(site, { program: "vite", with: ["build"], out: "build" });
  const { handler } = await import(/* @vite-ignore */ `${site}build/handler.js`);
  return handler;
}

export function startOn(listener: RequestListener): StartAdapterApplication {
  return async (options) => {
    globalThis.suite = suiteOf(options);
    return listenTo(createServer(listener));
  };
}

function suiteOf({ manager, isBehindProxy }: AdapterApplicationOptions): Suite {
  const sessions = svelteKitSessions(manager, {
    behindProxy: isBehindProxy,
    isPolling: ({ url }) => url.pathname === "/poll",
  });
  const [isFresh, isUser] = [
    sessions.requireFresh({ within: "5m", at: "/confirm" }),
    sessions.requireUser({ at: "/login" }),
  ];
  const guard: Handle = (input) => {
    const { pathname } = input.event.url;
    if (pathname.endsWith("/sensitive")) return isFresh(input);
    return pathname === "/pages/guarded" ? isUser(input) : input.resolve(input.event);
  };
  return {
    handle: sessions.handle,
    guard,
    // The suite throws errors of its own on purpose: nobody is to read of those.
    handleError: (input) => (input.error instanceof SojournError ? sessions.handleError(input) : undefined),
    respond: (event) =>
      respond(event.request, {
        get session() {
          return sessions.of(event) as Session<Data>;
        },
      }),
    who: (session) => session.userId ?? "nobody",
    logIn,
    count: addOne,
    told: (error) => `${(error as SojournError).code}: ${(error as SojournError).message}`,
  };
}
