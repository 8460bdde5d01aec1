import type { Request } from "express";
import type { RequestFacts } from "../../core/request.ts";
import { nodeFacts } from "./node-facts.ts";

/** The facts of an Express request; TLS and address are what Express makes of the proxies it was told of. */
export function expressFacts(request: Request): RequestFacts {
  const { secure, originalUrl: url } = request;
  return nodeFacts(request, { secure, url, address: () => request.ip ?? null });
}
