import { text } from "node:stream/consumers";
import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { fastifySessions, type SessionOf } from "../../../packages/sojourn/src/adapters/fastify.ts";
import type { SessionManager } from "../../../packages/sojourn/src/index.ts";
import type {
  AdapterApplicationOptions,
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

/** The application of the adapter suite on Fastify. */
export const startOnFastify: StartAdapterApplication = async (options) => {
  const app = await fastifyApplication(options);
  return { origin: await app.listen({ port: 0, host: "127.0.0.1" }), close: () => app.close() };
};

async function fastifyApplication({ manager, isBehindProxy }: AdapterApplicationOptions): Promise<FastifyInstance> {
  const app = fastify({ trustProxy: isBehindProxy && "loopback", forceCloseConnections: true });
  const sessions = fastifySessions(manager, { isPolling: (request) => request.url === "/poll" });
  // Bodies as the suite sends them: handlers read the stream.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
  app.setErrorHandler((error: { status?: number; code?: string }, _request, reply) => {
    reply.code(error.status ?? 500).send({ error: error.status ? error.code : "internal" });
  });
  await app.register(sessions.plugin);

  const me = async ({ session }: FastifyRequest) => aboutMe(session);
  app.get("/me", me);
  app.get("/poll", me);
  app.get("/public", (_request, reply) => {
    reply.headers({ "Cache-Control": "public, max-age=60", Vary: "Accept-Encoding" }).send("hello");
  });
  app.get("/csrf-token", ({ session }) => session.csrfToken());
  app.get("/failing", async () => {
    throw new Error("The handler failed");
  });
  const onRequest = sessions.requireFresh({ within: "5m", at: "/confirm" });
  app.route({ method: ["GET", "POST"], url: "*", onRequest, handler: async () => "done" });

  app.post("/count", ({ session }, reply) => addOne(session).then(() => reply.code(204).send()));
  app.post("/slow", async (request, reply) => {
    await text(request.raw);
    await addOne(request.session);
    return reply.code(204).send();
  });
  app.post("/echo", (request, reply) => reply.send(request.raw));
  app.post("/confirm", ({ session }, reply) => stepUp(session).then(() => reply.code(204).send()));
  app.post("/logout", ({ session }, reply) => session.end().then(() => reply.code(204).send()));

  app.post("/login", async (request, reply) => {
    await logIn(request.session, await text(request.raw));
    return reply.code(request.session.kind === "authenticated" ? 204 : 500).send();
  });
  app.post("/login/redirect", async (request, reply) => {
    await logIn(request.session, await text(request.raw));
    return reply.redirect("/me", 303);
  });
  app.post("/login/dressed", async (request, reply) => {
    reply.headers({ "Cache-Control": "public", Vary: "Accept-Encoding", "Set-Cookie": "theme=dark; Path=/" });
    await logIn(request.session, await text(request.raw));
    return reply.header("Cache-Control", "public, max-age=60").code(204).send();
  });
  app.post("/login/failing", async (request) => {
    await logIn(request.session, await text(request.raw));
    throw new Error("The handler failed");
  });
  app.post("/login/late", async (request, reply) => {
    reply.hijack().raw.flushHeaders();
    const user = await text(request.raw);
    reply.raw.end(await codeMetBy(() => logIn(request.session, user)));
  });
  return app;
}

declare module "fastify" {
  interface FastifyRequest {
    session: SessionOf<SessionManager<Data>>;
  }
}
