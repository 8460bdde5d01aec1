import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "../../binding/exchange.ts";

/*
 * What is used of Fastify, by its shape: no type of Fastify is imported, so that nobody needs Fastify who does not use it.
 * The adapter's tests compile it against Fastify's own types.
 */

export interface FastifyRequest {
  readonly raw: IncomingMessage;
  readonly method: string;
  readonly url: string;
  readonly originalUrl: string;
  readonly ip: string;
  readonly protocol: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface FastifyReply {
  readonly raw: ServerResponse;
  code(status: number): this;
  headers(values: Readonly<Record<string, string>>): this;
  header(name: string, value: string): this;
  send(payload: string): unknown;
}

/** A hook of a route that calls `done`, or answers. */
export type FastifyHook = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void;

type AsyncHook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

interface FastifyApplication {
  decorateRequest(name: string, value: null): unknown;
  addHook(name: "onRequest" | "preValidation", hook: AsyncHook): unknown;
}

/** A plugin that declares `request.session` and adds hooks in the scope it is registered in, not in one of its own. */
export function fastifyPlugin(onRequest: AsyncHook, preValidation: AsyncHook | null) {
  const plugin = (app: FastifyApplication, _options: object, done: (error?: Error) => void): void => {
    // Declared, so that every request has the same shape from its beginning.
    app.decorateRequest("session", null);
    app.addHook("onRequest", onRequest);
    if (preValidation) app.addHook("preValidation", preValidation);
    done();
  };
  // What fastify-plugin does: https://fastify.dev/docs/latest/Reference/Plugins/#handle-the-scope
  return Object.assign(plugin, {
    [Symbol.for("skip-override")]: true,
    [Symbol.for("fastify.display-name")]: "sojourn",
    [Symbol.for("plugin-meta")]: { name: "sojourn", fastify: "5.x" },
  });
}

export function answerWith(reply: FastifyReply, { status, headers, body }: Answer): void {
  reply.code(status).headers(headers).send(body);
}
