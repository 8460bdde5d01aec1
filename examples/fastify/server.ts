import formbody from "@fastify/formbody";
import fastify from "fastify";
import { createSessionManager, localPath } from "sojourn";
import { fastifySessions, type SessionOf } from "sojourn/fastify";
import { memoryStore } from "sojourn/memory";

const manager = createSessionManager<{ visits: number }>({
  store: memoryStore(),
  origins: ["http://localhost:3000"],
});
const sessions = fastifySessions(manager);

declare module "fastify" {
  interface FastifyRequest {
    session: SessionOf<typeof manager>;
  }
}

const app = fastify({ trustProxy: "loopback" }); // names the proxy that ends TLS; leave it out where there is none
await app.register(formbody);
await app.register(sessions.plugin);

app.get("/login", (_request, reply) =>
  reply.type("text/html").send(`<form method="post"><input name="name"><input name="password" type="password">
    <button>Log in</button></form>`),
);

app.post<{ Body?: { name?: string; password?: string }; Querystring: { return_to?: string } }>(
  "/login",
  async (request, reply) => {
    const userId = await userWith(request.body?.name, request.body?.password);
    if (userId === null) return reply.redirect("/login", 303);
    await request.session.authenticate({ id: userId, keep: ["visits"] });
    return reply.redirect(localPath(request.query.return_to) ?? "/", 303); // anybody can write such a link
  },
);

app.get("/", { onRequest: sessions.requireUser({ at: "/login" }) }, async (request) => {
  const session = sessions.userOf(request);
  await session.update((draft) => {
    draft.visits = (draft.visits ?? 0) + 1;
  });
  return `Hello, ${session.userId}, for the ${session.data.visits}. time`;
});

app.post("/logout", async (request, reply) => {
  await request.session.end();
  return reply.redirect("/login", 303);
});

console.log(`serving ${await app.listen({ port: Number(process.env.PORT ?? 3000), host: "127.0.0.1" })}`);

/** Yours: look the user up and compare with a stored hash. */
async function userWith(name?: string, password?: string): Promise<string | null> {
  return name === "alice" && password === "correct horse" ? "alice" : null;
}
