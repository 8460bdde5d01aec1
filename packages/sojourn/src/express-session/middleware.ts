import type { Request, RequestHandler, Response } from "express";
import { CookieSink } from "./cookie-sink.ts";
import { Exchange, type SessionRequest } from "./exchange.ts";
import { holdBack } from "./hold-back.ts";
import type { SessionOptions } from "./options.ts";
import { SessionStoreOfEngine } from "./session-store.ts";
import { settingsOf } from "./settings.ts";

/** The middleware: opens the session of each request that has none yet, and stores it before the response ends. */
export function middleware(options: SessionOptions | undefined): RequestHandler {
  const settings = settingsOf(options);
  const sessionStore = new SessionStoreOfEngine(settings.engine);

  return (request: Request, response: Response, next) => {
    // Mounted twice, the outer one counts.
    if ((request as SessionRequest).session) return next();
    let exchange: Exchange;
    try {
      const { path = "/" } = settings.cookieOptions(request);
      if (!pathOf(request).startsWith(path)) return next();
      exchange = new Exchange(settings, request, new CookieSink(response));
    } catch (error) {
      return next(error);
    }
    Object.assign(request, { sessionStore });
    exchange.open().then(() => {
      holdBack(response, {
        atHeaders: () => exchange.atHeaders(),
        atEnd: () => exchange.conclude(),
        onError: (error) => next(error),
      });
      next();
    }, next);
  };
}

/** The path as the client sent it, also where Express has taken a part of it away. */
function pathOf(request: Request): string {
  const url = request.originalUrl ?? request.url;
  const path = /^[^?#]*/.exec(url.replace(/^[a-z]+:\/\/[^/?#]*/i, ""))?.[0] ?? "";
  return path === "" ? "/" : path;
}
