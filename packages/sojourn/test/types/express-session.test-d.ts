import type { Request, RequestHandler, Response } from "express";
import { expectTypeOf, test } from "vitest";
import type * as dropIn from "../../src/express-session/index.ts";
import session, { type SessionCallback, type SessionData } from "../../src/express-session/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { AnyIn } from "./any-in.ts";

// As an application declares what it keeps: the words of express-session's types, and the other name.
declare module "../../src/express-session/index.ts" {
  interface SessionData {
    basket: { sku: string; count: number }[];
  }
}

declare const request: Request;
declare const response: Response;

test("nothing is any, but for what Node and Express say of their own: dates, bytes, emitters, requests", () => {
  type Options = Omit<dropIn.SessionOptions, "genid" | "cookie" | "secret" | "store">;
  expectTypeOf<AnyIn<Options, "options">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<Omit<Request["session"], "cookie">, "session">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<Omit<dropIn.Cookie, "expires" | "toJSON">, "cookie">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<dropIn.ExpressSessionStore, "store">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<dropIn.SessionWarning, "warning">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<typeof dropIn.overExpressStore, "overExpressStore">>().toEqualTypeOf<never>();
});

test("req.session has the application's keys, each perhaps absent, and no others", () => {
  expectTypeOf(request.session.basket).toEqualTypeOf<{ sku: string; count: number }[] | undefined>();
  request.session.basket = [{ sku: "emma", count: 1 }];
  request.session.cookie.maxAge = 60_000;
  // @ts-expect-error a book has a count
  request.session.basket.push({ sku: "emma" });
  // @ts-expect-error nobody has declared it
  request.session.baskets;
  expectTypeOf(request.session.id).toEqualTypeOf<string>();
  expectTypeOf(request.sessionID).toEqualTypeOf<string>();
});

test("the methods take callbacks as applications write them", () => {
  request.session.save();
  request.session.save((error) => expectTypeOf(error).toEqualTypeOf<Error | null | undefined>());
  request.session.destroy((error: Error) => response.send(error.message));
  request.session.regenerate((error?: Error) => response.send(error?.message));
  request.session.reload(() => {});
  expectTypeOf<SessionCallback>().not.toBeAny();
  expectTypeOf(request.session.touch()).toEqualTypeOf<Request["session"]>();
});

test("session(options) is a handler of Express, and its types have the names they had", () => {
  expectTypeOf(session({ secret: "s" })).toEqualTypeOf<RequestHandler>();
  expectTypeOf<session.SessionOptions>().toEqualTypeOf<dropIn.SessionOptions>();
  expectTypeOf<session.SessionData>().toEqualTypeOf<SessionData>();
  class MyStore extends session.Store {}
  expectTypeOf(new MyStore().on).toBeFunction();
  session({ secret: ["new", Buffer.from("old")], store: memoryStore(), cookie: { maxAge: 1, sameSite: "auto" } });
  session({ secret: "s", store: new session.MemoryStore(), cookie: (req) => ({ path: req.path }) });
  session({ secret: "s", userIdOf: ({ basket }) => basket?.length, policy: { idle: "30m" }, warn: false });
  // What the types of session-file-store and connect-pg-simple ask for.
  expectTypeOf(session).toExtend<(options?: dropIn.SessionOptions) => RequestHandler>();
  // @ts-expect-error what signs the cookie must be said
  session({});
  // @ts-expect-error there is no such way
  session({ secret: "s", unset: "remove" });
  // @ts-expect-error renewal is not for sessions whose cookie may be set again
  session({ secret: "s", policy: { renew: { every: "15m", grace: "30s" } } });
});
