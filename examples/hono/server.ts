import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { createSessionManager, localPath } from "sojourn";
import { answerError, honoSessions, type SessionEnv } from "sojourn/hono";
import { memoryStore } from "sojourn/memory";

const manager = createSessionManager<{ visits: number }>({
  store: memoryStore(),
  origins: ["http://localhost:3000"],
});
const sessions = honoSessions(manager);

const app = new Hono<SessionEnv<typeof manager>>();
app.onError(answerError);
app.use(sessions.middleware);

app.get("/login", (c) =>
  c.html(`<form method="post"><input name="name"><input name="password" type="password">
    <button>Log in</button></form>`),
);

app.post("/login", async (c) => {
  const { name, password } = await c.req.parseBody();
  const userId = await userWith(name, password);
  if (userId === null) return c.redirect("/login", 303);
  await c.get("session").authenticate({ id: userId, keep: ["visits"] });
  return c.redirect(localPath(c.req.query("return_to")) ?? "/", 303); // anybody can write such a link
});

app.get("/", sessions.requireUser({ at: "/login" }), async (c) => {
  const session = sessions.userOf(c);
  await session.update((draft) => {
    draft.visits = (draft.visits ?? 0) + 1;
  });
  return c.text(`Hello, ${session.userId}, for the ${session.data.visits}. time`);
});

app.post("/logout", async (c) => {
  await c.get("session").end();
  return c.redirect("/login", 303);
});

// On Workers, Bun and Deno: export default app
serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: "127.0.0.1" }, ({ port }) => {
  console.log(`serving http://127.0.0.1:${port}`);
});

/** Yours: look the user up and compare with a stored hash. */
async function userWith(name: unknown, password: unknown): Promise<string | null> {
  return name === "alice" && password === "correct horse" ? "alice" : null;
}
