import { Hono } from "hono";
import { stream } from "hono/streaming";
import { answerError, honoSessions, type SessionEnv } from "../../../packages/sojourn/src/adapters/hono.ts";
import type { SessionManager } from "../../../packages/sojourn/src/index.ts";
import type {
  AdapterApplicationData as Data,
  StartAdapterApplication,
} from "../../../packages/sojourn/src/testing/index.ts";
import {
  aboutMe,
  addOne,
  codeMetBy,
  logIn,
  stepUp,
} from "../../../packages/sojourn/test/adapters/applications/answers.ts";

type App = Hono<SessionEnv<SessionManager<Data>>>;

/** The application of the adapter suite on Hono, on whatever serves it. */
export function honoApplication({ manager, isBehindProxy }: Parameters<StartAdapterApplication>[0]): App {
  const app: App = new Hono();
  const sessions = honoSessions(manager, { behindProxy: isBehindProxy, isPolling: (c) => c.req.path === "/poll" });
  app.onError((error) => answerError(error));
  app.use(sessions.middleware);
  addReading(app);
  const isFresh = sessions.requireFresh({ within: "5m", at: "/confirm" });
  app.use("*", async (c, next) => (c.req.path.endsWith("/sensitive") ? isFresh(c, next) : next()));
  app.all("/:any{.*sensitive}", (c) => c.text("done"));
  addWriting(app);
  addLogins(app);
  return app;
}

function addReading(app: App): void {
  app.get("/me", (c) => c.json(aboutMe(c.get("session"))));
  app.get("/poll", (c) => c.json(aboutMe(c.var.session)));
  app.get("/public", (c) => c.text("hello", 200, { "Cache-Control": "public, max-age=60", Vary: "Accept-Encoding" }));
  app.get("/csrf-token", async (c) => c.text(await c.get("session").csrfToken()));
  app.get("/failing", () => {
    throw new Error("The handler failed");
  });
}

function addWriting(app: App): void {
  app.post("/count", async (c) => {
    await addOne(c.get("session"));
    return c.body(null, 204);
  });
  app.post("/slow", async (c) => {
    await c.req.text();
    await addOne(c.get("session"));
    return c.body(null, 204);
  });
  app.post("/echo", (c) => new Response(c.req.raw.body));
  app.post("/confirm", async (c) => {
    await stepUp(c.get("session"));
    return c.body(null, 204);
  });
  app.post("/logout", async (c) => {
    await c.get("session").end();
    return c.body(null, 204);
  });
}

function addLogins(app: App): void {
  app.post("/login", async (c) => {
    await logIn(c.get("session"), await c.req.text());
    return c.body(null, c.get("session").kind === "authenticated" ? 204 : 500);
  });
  app.post("/login/redirect", async (c) => {
    await logIn(c.get("session"), await c.req.text());
    return c.redirect("/me", 303);
  });
  app.post("/login/dressed", async (c) => {
    c.header("Cache-Control", "public");
    c.header("Vary", "Accept-Encoding");
    c.header("Set-Cookie", "theme=dark; Path=/");
    await logIn(c.get("session"), await c.req.text());
    return c.body(null, 204);
  });
  app.post("/login/failing", async (c) => {
    await logIn(c.get("session"), await c.req.text());
    throw new Error("The handler failed");
  });
  app.post("/login/late", async (c) => {
    const user = await c.req.text();
    return stream(c, async (body) => {
      // Written first, so that the headers are on their way.
      await body.write("");
      await new Promise((resolve) => setTimeout(resolve));
      await body.write(await codeMetBy(() => logIn(c.get("session"), user)));
    });
  });
}
