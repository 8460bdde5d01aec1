import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { isObject } from "../../core/json.ts";
import { type ResponseHeaders, ResponsePlan } from "../../http/response-plan.ts";
import { GivenHeaders, linesOf, setGiven, textOf } from "./given-headers.ts";

/**
 * Where the engine's headers go on a Node response: kept until the headers are sent, and put in then, after everything a
 * handler has said. Wraps `writeHead`, which Node calls for every way of sending headers, and nothing else.
 */
export function nodeSink(response: ServerResponse): ResponsePlan {
  const sink = new NodeSink(response);
  // Bound, and no closure: V8 keeps a response that holds a closure of its own until the next full collection, which
  // makes every request dearer by half of what a session costs.
  response.writeHead = sink.writeHead.bind(sink) as typeof response.writeHead;
  return sink;
}

class NodeSink extends ResponsePlan implements ResponseHeaders {
  readonly #response: ServerResponse;
  /** Node's own, or that of whoever wrapped it before. */
  readonly #writeHead: ServerResponse["writeHead"];

  constructor(response: ServerResponse) {
    super(response);
    this.#response = response;
    this.#writeHead = response.writeHead;
  }

  writeHead(status: number, reason?: unknown, given?: unknown): unknown {
    const response = this.#response;
    if (response.headersSent) return Reflect.apply(this.#writeHead, response, [status, reason, given]);
    const message = typeof reason === "string" ? reason : undefined;
    const headers = given ?? (message === undefined ? reason : undefined);
    if (isObject(headers) && response.getHeaderNames().length === 0) {
      // All there is was given here, as some frameworks do: on the response it would be copied twice more.
      const planned = new GivenHeaders(headers as OutgoingHttpHeaders);
      this.applyTo(planned);
      return Reflect.apply(this.#writeHead, response, [
        status,
        ...(message === undefined ? [] : [message]),
        planned.all,
      ]);
    }
    if (headers) setGiven(response, headers);
    this.applyTo(this);
    // Applied again if this one throws, as it does for a status that does not exist: an error page is sent then.
    return Reflect.apply(this.#writeHead, response, message === undefined ? [status] : [status, message]);
  }

  get(name: string): string | null {
    const value = this.#response.getHeader(name);
    return value === undefined ? null : textOf(value);
  }

  set(name: string, value: string): void {
    this.#response.setHeader(name, value);
  }

  get cookies(): readonly string[] {
    return linesOf(this.#response.getHeader("Set-Cookie"));
  }

  setCookies(lines: readonly string[]): void {
    this.#response.setHeader("Set-Cookie", lines);
  }
}
