import express, { type ErrorRequestHandler, type Express, type Request, type Response } from "express";
import express4 from "express4";
import { session } from "../../../src/express-session/index.ts";
import type { SessionOptions } from "../../../src/express-session/options.ts";
import type { SessionWarning } from "../../../src/express-session/warnings.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import { type FaultyStore, faultyStore, type TestClock, testClock } from "../../../src/testing/index.ts";
import { listen } from "../../adapters/applications/listen.ts";
import { Browser } from "./browser.ts";

declare module "../../../src/express-session/session-data.ts" {
  interface SessionData {
    views: number;
    cart: string[];
    name: string;
    passport: { user?: unknown };
    left: number;
    right: number;
    user: { id: number; seen?: number } | null;
  }
}

/** The framework under which a story is told. */
export const frameworks = [
  ["Express 5", express],
  ["Express 4", express4 as unknown as typeof express],
] as const;

export interface Site {
  readonly store: FaultyStore;
  readonly rows: ReturnType<typeof memoryStore>;
  readonly clock: TestClock;
  readonly warnings: SessionWarning[];
  readonly origin: string;
  visitor(): Browser;
  close(): Promise<void>;
}

export type Handlers = { readonly [route: string]: (request: Request, response: Response) => unknown };

const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
  response.status(error.status ?? 500).json({ error: error.code ?? error.message });
};

/** A site with the given pages (`"POST /cart"`), on a store in memory that fails on cue and a clock that stands still. */
export async function openSite(
  options: Partial<SessionOptions>,
  pages: Handlers,
  { create = express, prepare = () => {} }: { readonly create?: typeof express; prepare?(app: Express): void } = {},
): Promise<Site> {
  const rows = memoryStore();
  const store = faultyStore(rows);
  const clock = testClock();
  const warnings: SessionWarning[] = [];
  const app = create();
  prepare(app);
  const given = { secret: "keyboard cat", resave: false, saveUninitialized: false, store, clock };
  app.use(session({ ...given, warn: (warning) => void warnings.push(warning), ...options }));
  for (const [route, handle] of Object.entries(pages)) {
    const [method = "", path = ""] = route.split(" ");
    const answer = async (request: Request, response: Response) => {
      const answered = await handle(request, response);
      if (answered !== undefined && !response.headersSent) response.json(answered);
    };
    const register = method === "GET" ? app.get.bind(app) : app.post.bind(app);
    register(path, (request: Request, response: Response, next) => void answer(request, response).catch(next));
  }
  app.use(answerError);
  const { origin, close } = await listen(app);
  return { store, rows, clock, warnings, origin, visitor: () => new Browser(origin), close };
}

/** A call that calls back, as a promise. */
export function done(call: (callback: (error?: Error | null) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()));
  });
}
