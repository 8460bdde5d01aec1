import fastifyCookie from "@fastify/cookie";
import secureSession from "@fastify/secure-session";
import fastifySession from "@fastify/session";
import fastify from "fastify";
import { fastifySessions } from "sojourn/fastify";
import { data, expected, idleSeconds, page, secret, user } from "./scene.mjs";
import { createManager, logIn } from "./sojourn.mjs";

const cookie = { secure: false, maxAge: idleSeconds * 1000, path: "/" };

export const contestants = {
  bare: () => ready((app) => app.get("/", async () => expected)),
  sojourn: () =>
    ready((app) => {
      app.register(fastifySessions(createManager()).plugin);
      app.after(() => {
        app.post("/login", async ({ session }) => {
          await logIn(session);
          return "in";
        });
        app.get("/", async ({ session }) => page(session.userId, session.data.theme));
      });
    }),
  "@fastify/session": () => theirSessions({}),
  /** Its leanest settings: nothing saved that did not change, no cookie with every answer. */
  "@fastify/session, not rolling": () => theirSessions({ saveUninitialized: false, rolling: false }),
  "@fastify/secure-session": () =>
    ready((app) => {
      app.register(secureSession, {
        key: Buffer.alloc(32, secret),
        expiry: idleSeconds,
        cookie: { path: "/", httpOnly: true },
      });
      app.after(() => {
        app.post("/login", async (request) => {
          for (const [key, value] of Object.entries({ userId: user.id, ...data })) request.session.set(key, value);
          return "in";
        });
        app.get("/", async ({ session }) => page(session.get("userId"), session.get("theme")));
      });
    }),
};

function theirSessions(options) {
  return ready((app) => {
    app.register(fastifyCookie);
    app.register(fastifySession, { secret, cookie, ...options });
    app.after(() => {
      app.post("/login", async (request) => {
        Object.assign(request.session, { userId: user.id, ...data });
        return "in";
      });
      app.get("/", async ({ session }) => page(session.userId, session.theme));
    });
  });
}

async function ready(routes) {
  const app = fastify();
  routes(app);
  await app.ready();
  return app.server;
}
