import type { Answer } from "../../binding/exchange.ts";
import type { RequestFacts } from "../../core/request.ts";
import type { FastifyReply, FastifyRequest } from "./fastify-plugin.ts";
import { nodeFacts } from "./node-facts.ts";

export interface FastifySessionOptions {
  /** Requests that the CSRF guard lets pass, like webhooks that are signed in another way. Default: none. */
  csrfExempt?(request: FastifyRequest): boolean;
  /** Which requests the user did not make, like polling: they do not keep the session awake. Default: none. */
  isPolling?(request: FastifyRequest): boolean;
}

/** The facts of a request as Fastify knows them. */
export function factsOf(request: FastifyRequest): RequestFacts {
  return nodeFacts(request.raw, { secure: request.protocol === "https", url: request.originalUrl });
}

/** Sends what the library answers by itself. */
export function send(reply: FastifyReply, { status, headers, body }: Answer): unknown {
  return reply.code(status).headers(headers).send(body);
}
