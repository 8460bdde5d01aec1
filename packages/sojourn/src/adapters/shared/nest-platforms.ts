import type { IncomingHttpHeaders } from "node:http";
import type { Request } from "express";
import type { Answer } from "../../binding/exchange.ts";
import type { FastifyReply, FastifyRequest } from "./fastify-plugin.ts";

/* What is used of NestJS and of its two platforms, by its shape: no type of NestJS is imported. */

/** What Express' and Fastify's requests have in common. */
export interface NestRequest {
  readonly method: string;
  readonly url: string;
  readonly originalUrl: string;
  readonly headers: IncomingHttpHeaders;
}

export interface NestApplication {
  getHttpAdapter(): { getType(): string };
  use(middleware: unknown): unknown;
  /** Where the platform is Fastify. */
  register?(plugin: unknown): unknown;
}

export interface NestContext {
  getType(): string;
  switchToHttp(): { getRequest(): unknown; getResponse(): unknown };
}

export interface NestGuard {
  canActivate(context: NestContext): boolean | Promise<boolean>;
}

/** The request of an HTTP context. */
export function requestOf(context: NestContext): NestRequest {
  if (context.getType() === "http") return context.switchToHttp().getRequest() as NestRequest;
  throw new TypeError(`Sessions come with HTTP requests: this is a context of type ${context.getType()}`);
}

export function onFastify(request: object): request is FastifyRequest {
  return "raw" in request;
}

export function onExpress(request: object): Request {
  return request as Request;
}

/**
 * Answers, and settles never: the request is over. Nest takes `true` for "go on", and for `false` and for an error it
 * answers a second time, by whatever exception filters the application has.
 */
export function answerAndStop(context: NestContext, { status, headers, body }: Answer): Promise<boolean> {
  // Both platforms' responses know `status` and `send`; what they call headers differs.
  const response = context.switchToHttp().getResponse() as FastifyReply & { status(status: number): FastifyReply };
  for (const [name, value] of Object.entries(headers)) response.header(name, value);
  response.status(status).send(body);
  return new Promise(() => {});
}
