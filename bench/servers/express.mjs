import { createServer } from "node:http";
import { RedisStore } from "connect-redis";
import cookieSession from "cookie-session";
import express from "express";
import session from "express-session";
import { expressSessions } from "sojourn/express";
import { redisStore } from "sojourn/redis";
import { connectRedis } from "./redis.mjs";
import { data, expected, idleSeconds, page, secret, user } from "./scene.mjs";
import { createManager, logIn } from "./sojourn.mjs";

/** express-session as its README has it for production: nothing saved that did not change. */
const options = { secret, resave: false, saveUninitialized: false, cookie: { maxAge: idleSeconds * 1000 } };

export const contestants = {
  bare: () => listening((app) => app.get("/", (_request, response) => response.send(expected))),
  sojourn: () => sojourn(createManager()),
  "express-session": () => withSessionProperty(session(options)),
  "cookie-session": () => withSessionProperty(cookieSession({ keys: [secret], maxAge: idleSeconds * 1000 })),
  /** The floor on Redis: the one read that cannot be avoided, by the same client, and nothing else. */
  "bare GET": async () => {
    const client = await connectRedis();
    await client.set("bench:floor", "x".repeat(400));
    return listening((app) =>
      app.get("/", async (_request, response) => {
        await client.get("bench:floor");
        response.send(expected);
      }),
    );
  },
  "sojourn, Redis": async () => sojourn(createManager(redisStore(await connectRedis()))),
  "express-session, connect-redis": async () =>
    withSessionProperty(session({ ...options, store: new RedisStore({ client: await connectRedis() }) })),
  /** Its leanest setting: sessions then end although they are used. */
  "express-session, connect-redis without touch": async () =>
    withSessionProperty(
      session({ ...options, store: new RedisStore({ client: await connectRedis(), disableTouch: true }) }),
    ),
};

function sojourn(manager) {
  const sessions = expressSessions(manager);
  return listening((app) => {
    app.use(sessions.middleware);
    app.post("/login", async (request, response) => {
      await logIn(sessions.of(request));
      response.send("in");
    });
    app.get("/", (request, response) => {
      const found = sessions.of(request);
      response.send(page(found.userId, found.data.theme));
    });
  });
}

function withSessionProperty(middleware) {
  return listening((app) => {
    app.use(middleware);
    app.post("/login", (request, response) => {
      Object.assign(request.session, { userId: user.id, ...data });
      response.send("in");
    });
    app.get("/", ({ session: found }, response) => response.send(page(found.userId, found.theme)));
  });
}

function listening(routes) {
  const app = express();
  routes(app);
  return createServer(app);
}
