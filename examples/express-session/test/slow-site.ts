import express, { type RequestHandler } from "express";
import { listen } from "../../../packages/sojourn/test/adapters/applications/listen.ts";
import { Browser } from "../../../packages/sojourn/test/express-session/support/browser.ts";
import { type Gate, gate } from "../../../packages/sojourn/test/express-session/support/gate.ts";
import type { Import } from "./bookshop.ts";

export type CreateSession = ((options: object) => RequestHandler) & { readonly Store: unknown };

/** `session` of either import, by a name the compiler does not follow. */
export async function sessionOf(sessions: Import): Promise<CreateSession> {
  const name: string = sessions;
  return ((await import(name)) as { default: CreateSession }).default;
}

export interface SlowSite {
  /** A browser; with the cookies of another one, as where a balancer sends its requests to several processes. */
  visitor(as?: Browser): Browser;
  /** Where a request to `/slow/<key>` waits. */
  readonly at: { readonly [key: string]: Gate };
  close(): Promise<void>;
}

/** A site with slow pages, each of which writes one key. */
export async function openSlowSite(session: CreateSession, options: object): Promise<SlowSite> {
  const at: { [key: string]: Gate } = { left: gate(), right: gate() };
  const app = express();
  app.use(session({ secret: "keyboard cat", resave: false, saveUninitialized: false, ...options }));
  app.post("/begin", (request, response) => {
    Object.assign(request.session, { user: "alice" });
    response.end();
  });
  app.post("/slow/:key", async (request, response) => {
    await at[request.params.key]?.pass();
    Object.assign(request.session, { [request.params.key]: true });
    response.end();
  });
  app.post("/logout", (request, response, next) => {
    request.session.destroy((error) => (error ? next(error) : response.end()));
  });
  app.get("/", (request, response) => {
    const { cookie: _cookie, ...data } = request.session;
    response.json(data);
  });
  const { origin, close } = await listen(app);
  return { visitor: (as) => new Browser(origin, as), at, close };
}
