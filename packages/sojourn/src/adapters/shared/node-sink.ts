import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { type ResponseHeaders, ResponsePlan } from "../../http/response-plan.ts";

/**
 * Where the engine's headers go on a Node response: kept until the headers are sent, and put in then, after everything a
 * handler has said. Wraps `writeHead`, which Node calls for every way of sending headers, and nothing else.
 */
export function nodeSink(response: ServerResponse): ResponsePlan {
  const plan = new ResponsePlan(() => response.headersSent);
  // Bound, and no closure: V8 keeps a response that holds a closure of its own until the next full collection, which
  // makes every request dearer by half of what a session costs.
  const planned: Planned = { response, plan, writeHead: response.writeHead };
  response.writeHead = writeHeadAsPlanned.bind(planned) as typeof response.writeHead;
  return plan;
}

interface Planned {
  readonly response: ServerResponse;
  readonly plan: ResponsePlan;
  /** Node's own, or that of whoever wrapped it before. */
  readonly writeHead: ServerResponse["writeHead"];
}

function writeHeadAsPlanned(this: Planned, status: number, ...rest: unknown[]): unknown {
  const { response, plan, writeHead } = this;
  if (response.headersSent) return Reflect.apply(writeHead, response, [status, ...rest]);
  const [message, headers = typeof message === "string" ? undefined : message] = rest;
  if (headers) setGiven(response, headers);
  plan.applyTo(new NodeHeaders(response));
  // Applied again if this one throws, as it does for a status that does not exist: an error page is sent then.
  return Reflect.apply(writeHead, response, typeof message === "string" ? [status, message] : [status]);
}

/** Moves the headers given to `writeHead` onto the response, where they can still be looked at. */
function setGiven(response: ServerResponse, given: unknown): void {
  if (Array.isArray(given)) {
    const names = new Set<string>();
    for (let at = 0; at + 1 < given.length; at += 2) {
      const name = String(given[at]);
      // A raw list may name a header several times; what was set before it is replaced.
      if (names.has(name.toLowerCase())) response.appendHeader(name, given[at + 1] as string);
      else response.setHeader(name, given[at + 1] as string);
      names.add(name.toLowerCase());
    }
    return;
  }
  for (const [name, value] of Object.entries(given as OutgoingHttpHeaders)) {
    if (value !== undefined) response.setHeader(name, value);
  }
}

class NodeHeaders implements ResponseHeaders {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get(name: string): string | null {
    const value = this.#response.getHeader(name);
    return value === undefined ? null : Array.isArray(value) ? value.join(", ") : String(value);
  }

  set(name: string, value: string): void {
    this.#response.setHeader(name, value);
  }

  get cookies(): readonly string[] {
    const lines = this.#response.getHeader("Set-Cookie") ?? [];
    return Array.isArray(lines) ? lines : [String(lines)];
  }

  setCookies(lines: readonly string[]): void {
    this.#response.setHeader("Set-Cookie", lines);
  }
}
