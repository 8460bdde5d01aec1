import { createAdaptorServer } from "@hono/node-server";
import { useSession } from "@hono/session";
import { Hono } from "hono";
import { CookieStore, MemoryStore, sessionMiddleware } from "hono-sessions";
import { honoSessions } from "sojourn/hono";
import { data, expected, idleSeconds, page, secret, user } from "./scene.mjs";
import { createManager, logIn } from "./sojourn.mjs";

export const contestants = {
  bare: () => listening((app) => app.get("/", (context) => context.text(expected))),
  sojourn: () =>
    listening((app) => {
      app.use(honoSessions(createManager()).middleware);
      app.post("/login", async (context) => {
        await logIn(context.get("session"));
        return context.text("in");
      });
      app.get("/", (context) => {
        const session = context.get("session");
        return context.text(page(session.userId, session.data.theme));
      });
    }),
  "hono-sessions, in memory": () => theirSessions(new MemoryStore()),
  "hono-sessions, in a cookie": () => theirSessions(new CookieStore()),
  "@hono/session": () =>
    listening((app) => {
      app.use(useSession({ secret: Buffer.alloc(32, secret), duration: { absolute: idleSeconds } }));
      app.post("/login", async (context) => {
        await context.var.session.update({ userId: user.id, ...data });
        return context.text("in");
      });
      app.get("/", async (context) => {
        const found = await context.var.session.get();
        return context.text(page(found.userId, found.theme));
      });
    }),
};

function theirSessions(store) {
  return listening((app) => {
    app.use(
      "*",
      sessionMiddleware({
        store,
        encryptionKey: secret,
        expireAfterSeconds: idleSeconds,
        cookieOptions: { sameSite: "Lax", path: "/", httpOnly: true },
      }),
    );
    app.post("/login", (context) => {
      const session = context.get("session");
      for (const [key, value] of Object.entries({ userId: user.id, ...data })) session.set(key, value);
      return context.text("in");
    });
    app.get("/", (context) => {
      const session = context.get("session");
      return context.text(page(session.get("userId"), session.get("theme")));
    });
  });
}

function listening(routes) {
  const app = new Hono();
  routes(app);
  return createAdaptorServer({ fetch: app.fetch });
}
