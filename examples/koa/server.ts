import type { AddressInfo } from "node:net";
import { bodyParser } from "@koa/bodyparser";
import Router from "@koa/router";
import Koa, { type DefaultState } from "koa";
import { createSessionManager, localPath } from "sojourn";
import { koaSessions, type SessionContext } from "sojourn/koa";
import { memoryStore } from "sojourn/memory";

const manager = createSessionManager<{ visits: number }>({
  store: memoryStore(),
  origins: ["http://localhost:3000"],
});
const sessions = koaSessions(manager);

const router = new Router<DefaultState, SessionContext<typeof manager>>();

router.get("/login", (ctx) => {
  ctx.type = "html";
  ctx.body = `<form method="post"><input name="name"><input name="password" type="password">
    <button>Log in</button></form>`;
});

router.post("/login", async (ctx) => {
  const form = new Map<string, unknown>(Object.entries(ctx.request.body ?? {}));
  const userId = await userWith(form.get("name"), form.get("password"));
  if (userId) await ctx.session.authenticate({ id: userId, keep: ["visits"] });
  ctx.status = 303;
  ctx.redirect(userId ? (localPath(ctx.query.return_to) ?? "/") : "/login"); // anybody can write such a link
});

router.get("/", sessions.requireUser({ at: "/login" }), async (ctx) => {
  const session = sessions.userOf(ctx);
  await session.update((draft) => {
    draft.visits = (draft.visits ?? 0) + 1;
  });
  ctx.body = `Hello, ${session.userId}, for the ${session.data.visits}. time`;
});

router.post("/logout", async (ctx) => {
  await ctx.session.end();
  ctx.status = 303;
  ctx.redirect("/login");
});

const app = new Koa(); // behind a proxy that ends TLS, and only there: new Koa({ proxy: true })
app.use(bodyParser()).use(sessions.middleware).use(router.routes());
const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`serving http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

/** Yours: look the user up and compare with a stored hash. */
async function userWith(name: unknown, password: unknown): Promise<string | null> {
  return name === "alice" && password === "correct horse" ? "alice" : null;
}
