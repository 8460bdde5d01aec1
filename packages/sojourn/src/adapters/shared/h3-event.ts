import type { IncomingMessage, ServerResponse } from "node:http";
import { SojournError } from "../../core/errors.ts";

/** What is used of the events of h3, 1 and 2. By their shape, so that nobody needs h3 who does not use it. */
export interface H3Event {
  readonly context: object;
  readonly method: string;
  readonly path: string;
  /** Node's request and response, where there are such. */
  readonly node?: { readonly req: object; readonly res?: object } | undefined;
}

/** A middleware of h3 2, and a handler of h3 1 that goes before others. */
export type H3Middleware = (event: H3Event, next?: Next) => unknown;

export type Next = () => unknown;

/** An event of h3 2 has a standard request, and one of h3 1 has Node's, or one that is played. */
export interface WebEvent extends H3Event {
  readonly req: Request;
  readonly res: { readonly headers: Headers; readonly errHeaders: Headers };
}

/** Marked as h3 1 marks its handlers. */
export function asHandler(middleware: H3Middleware): H3Middleware {
  const handler: H3Middleware = (event, next) => (isWeb(event) ? middleware(event, next) : onFirst(middleware, event));
  return Object.assign(handler, { __is_handler__: true });
}

async function onFirst(middleware: H3Middleware, event: H3Event): Promise<unknown> {
  try {
    return await middleware(event);
  } catch (error) {
    if (!(error instanceof SojournError)) throw error;
    // h3 1 keeps an error's cause, and forgets the error.
    const { message, status, statusCode, code } = error;
    throw Object.assign(new Error(message, { cause: error }), { status, statusCode, code });
  }
}

/** Node's own of an event, or `null`. */
export function nodeOf({ node }: H3Event): { readonly req: IncomingMessage; readonly res: ServerResponse } | null {
  return node?.res ? { req: node.req as IncomingMessage, res: node.res as ServerResponse } : null;
}

/** The context of the request within which this one is made, as a page of Nuxt does by `useRequestFetch`. */
export function outerContextOf(event: H3Event): object | null {
  const node = nodeOf(event);
  const outer: unknown = node && Reflect.get(node.req, "__unenv__");
  return outer instanceof Object ? outer : null;
}

export function isWeb(event: H3Event): event is WebEvent {
  const request: unknown = "req" in event ? event.req : null;
  return request instanceof Object && "headers" in request && request.headers instanceof Headers;
}

export function webEvent(event: H3Event): WebEvent {
  if (isWeb(event)) return event;
  throw new TypeError("This is no event of h3 1 or 2: pass the one that the handler was given");
}
