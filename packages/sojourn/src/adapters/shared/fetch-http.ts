import type { RequestFacts } from "../../core/request.ts";
import type { ResponseHeaders, ResponsePlan } from "../../http/response-plan.ts";
import { lastHop, saysTls } from "./forwarded.ts";
import { errorAnswer } from "./refusals.ts";

export interface FetchFactsOptions {
  /** `true`: `X-Forwarded-Proto` and the last hop of `X-Forwarded-For` are the application's own proxy's. Default `false`. */
  readonly behindProxy?: boolean;
  /** The client's address, where the platform knows it. */
  readonly address?: (request: Request) => string | null;
}

/** The facts of a standard request. */
export function fetchFacts(request: Request, { behindProxy = false, address }: FetchFactsOptions = {}): RequestFacts {
  const forwarded = behindProxy ? request.headers.get("x-forwarded-proto") : null;
  const isForwardedTls = forwarded !== null && saysTls(forwarded);
  return {
    method: request.method,
    url: request.url,
    secure: request.url.startsWith("https:") || isForwardedTls,
    header: (name) => request.headers.get(name),
    address: () => {
      if (address) return address(request);
      return behindProxy ? lastHop(request.headers.get("x-forwarded-for")) : null;
    },
  };
}

/** Answers with an error: the library's by its status and code, others by 500. */
export function answerWithError(error: unknown): Response {
  const { status, body } = errorAnswer(error);
  return Response.json(body, { status });
}

/** `response` with the engine's headers put in last. A copy, because the headers of a response may be immutable. */
export function planned(response: Response, plan: ResponsePlan): Response {
  // Nothing to add: a protocol switch, say, cannot be copied.
  if (plan.isEmpty) return response;
  const headers = new Headers(response.headers);
  putInto(headers, plan);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

/** `response` itself with the engine's headers, or a copy where its headers are immutable. */
export function withPlan(response: Response, plan: ResponsePlan): Response {
  if (plan.isEmpty) return response;
  try {
    putInto(response.headers, plan);
    return response;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return planned(response, plan);
  }
}

/** Puts the engine's headers into `headers`; throws a `TypeError` if those are immutable. */
export function putInto(headers: Headers, plan: ResponsePlan): void {
  plan.applyTo(new FetchHeaders(headers));
}

class FetchHeaders implements ResponseHeaders {
  readonly #headers: Headers;

  constructor(headers: Headers) {
    this.#headers = headers;
  }

  get(name: string): string | null {
    return this.#headers.get(name);
  }

  set(name: string, value: string): void {
    this.#headers.set(name, value);
  }

  get cookies(): readonly string[] {
    return this.#headers.getSetCookie();
  }

  setCookies(lines: readonly string[]): void {
    this.#headers.delete("Set-Cookie");
    for (const line of lines) this.#headers.append("Set-Cookie", line);
  }
}
