import { createServer } from "node:http";
import Koa from "koa";
import koaSession from "koa-session";
import { nodeFacts, nodeSink } from "sojourn/node";
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
      const manager = createManager();
      app.use(async (context, next) => {
        const facts = nodeFacts(context.req);
        context.sojourn = await manager.open(facts, nodeSink(context.res));
        if (!manager.checkCsrf(facts, context.sojourn).allowed) context.throw(403);
        await next();
      });
      app.use(async (context) => {
        if (context.method === "POST") {
          await logIn(context.sojourn);
          context.body = "in";
        } else context.body = page(context.sojourn.userId, context.sojourn.data.theme);
      });
    }),
  /** Its default: all of the session in a signed cookie. */
  "koa-session, in a cookie": () => koaSessions({}),
  "koa-session, in memory": () => {
    const rows = new Map();
    const store = {
      get: async (key) => rows.get(key),
      set: async (key, value) => void rows.set(key, value),
      destroy: async (key) => void rows.delete(key),
    };
    return koaSessions({ store });
  },
};

function koaSessions(options) {
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
