import type { IncomingMessage } from "node:http";
import type { Request } from "express";
import type { RequestFacts } from "../../core/request.ts";
import { nodeFacts } from "./node-facts.ts";

/** The facts of an Express request; TLS and address are what Express makes of the proxies it was told of. */
export function expressFacts(request: Request): RequestFacts {
  return nodeFacts(request, { secure: request.secure, url: request.originalUrl, address });
}

function address(request: IncomingMessage): string | null {
  return (request as Request).ip ?? null;
}
