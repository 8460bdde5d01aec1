import { createServer } from "node:http";
import Koa from "koa";
import koaSession from "koa-session";
import { koaSessions } from "sojourn/koa";
import { data, expected, idleSeconds, page, secret, user } from "./scene.mjs";
import { createManager, logIn } from "./sojourn.mjs";

// koa-session 7 exports a function that makes the middleware.
const session = koaSession.createSession ?? koaSession;

export const contestants = {
  bare: () =>
    listening((app) =>
      app.use((context) => {
        context.body = expected;
      }),
    ),
  sojourn: () =>
    listening((app) => {
      app.use(koaSessions(createManager()).middleware);
      app.use(async (context) => {
        if (context.method === "POST") {
          await logIn(context.session);
          context.body = "in";
        } else context.body = page(context.session.userId, context.session.data.theme);
      });
    }),
  /** Its default: all of the session in a signed cookie. */
  "koa-session, in a cookie": () => theirSessions({}),
  "koa-session, in memory": () => {
    const rows = new Map();
    const store = {
      get: async (key) => rows.get(key),
      set: async (key, value) => void rows.set(key, value),
      destroy: async (key) => void rows.delete(key),
    };
    return theirSessions({ store });
  },
};

function theirSessions(options) {
  return listening((app) => {
    app.keys = [secret];
    app.use(session({ maxAge: idleSeconds * 1000, ...options }, app));
    app.use((context) => {
      if (context.method === "POST") {
        Object.assign(context.session, { userId: user.id, ...data });
        context.body = "in";
      } else context.body = page(context.session.userId, context.session.theme);
    });
  });
}

function listening(routes) {
  const app = new Koa();
  routes(app);
  return createServer(app.callback());
}
