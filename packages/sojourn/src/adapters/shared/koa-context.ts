import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "../../binding/exchange.ts";

/** What is used of Koa's context. By its shape, so that nobody needs Koa's types who does not use Koa. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly request: object;
  readonly method: string;
  readonly path: string;
  readonly originalUrl: string;
  readonly ip: string;
  readonly secure: boolean;
  status: number;
  body: unknown;
  get(header: string): string;
  set(headers: Record<string, string>): void;
}

export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<void>;

export function answerWith(context: KoaContext, { status, headers, body }: Answer): void {
  context.set({ ...headers });
  context.status = status;
  context.body = body;
}
