import { SojournError } from "../../core/errors.ts";
import { answerWithError } from "./fetch-http.ts";

/** What error pages show of an error of the library. */
export interface ErrorShown {
  readonly status: number;
  readonly message: string;
}

/**
 * The errors of the library that a framework made error pages of. It calls the pages' status 500, and programs do not read
 * them.
 */
export class ErrorPages {
  readonly #errors = new WeakMap<object, SojournError>();

  /** Remembers what went wrong with the request that `key` stands for. Whether it is an error of the library. */
  met(key: object, error: unknown): error is SojournError {
    if (!(error instanceof SojournError)) return false;
    this.#errors.set(key, error);
    return true;
  }

  /** The response to the request of `key`, with its error's status; programs are not answered by a page, but by its code. */
  answer(key: object, request: Request, response: Response): Response {
    const error = this.#errors.get(key);
    if (error === undefined || response.status < 400) return response;
    const { headers, body } = response;
    const isPage = /^text\/(?:html|plain)/.test(headers.get("content-type") ?? "");
    if (isPage && !request.headers.get("accept")?.includes("text/html")) return answerWithError(error);
    return new Response(body, { status: error.status, headers });
  }
}
