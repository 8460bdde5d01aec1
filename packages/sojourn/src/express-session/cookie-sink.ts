import type { ServerResponse } from "node:http";
import { nodeSink } from "../adapters/shared/node-sink.ts";
import type { SessionToken } from "../core/ids.ts";
import type { ResponseSink } from "../core/request.ts";
import type { ResponsePlan } from "../http/response-plan.ts";
import { type CookieOptions, clearingLine, cookieLine } from "./cookie.ts";
import type { Carried, SignedCookie } from "./signed-cookie.ts";

/**
 * Takes the engine's token, and makes the cookie of it when the headers are sent: only then the application has said all
 * it has to say about the cookie.
 */
export class CookieSink implements ResponseSink {
  /** The headers are gone, and with them a cookie for the session that is about to be stored. */
  isPromised = false;
  readonly #plan: ResponsePlan;
  #issued: SessionToken | "" | null = null;

  constructor(response: ServerResponse) {
    this.#plan = nodeSink(response);
  }

  get writable(): boolean {
    return this.#plan.writable || this.isPromised;
  }

  /** The token that this response is to bring; `null`: none. */
  get issued(): SessionToken | null {
    return this.#issued || null;
  }

  setCookie(_name: string, token: string): void {
    this.#issued = token as SessionToken | "";
  }

  setHeader(name: string, value: string): void {
    if (this.#plan.writable) this.#plan.setHeader(name, value);
  }

  setCaching(rule: "no-store" | "private", options: { readonly vary: string }): void {
    if (this.#plan.writable) this.#plan.setCaching(rule, options);
  }

  /** Sets the cookie. `null`: there is none to set; one that was withdrawn is cleared. */
  put(carried: Carried | null, set: { readonly cookie: SignedCookie; readonly options: CookieOptions }): void {
    const { name } = set.cookie;
    if (carried) this.#plan.setCookie(name, cookieLine(name, set.cookie.value(carried), set.options));
    else if (this.#issued === "") this.#plan.setCookie(name, clearingLine(name, set.options));
  }
}
