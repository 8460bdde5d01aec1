import { SojournError } from "../core/errors.ts";
import type { ResponseSink } from "../core/request.ts";

/** The headers of a response, as an adapter's framework holds them. */
export interface ResponseHeaders {
  get(name: string): string | null;
  set(name: string, value: string): void;
  /** All `Set-Cookie` lines, in order. */
  readonly cookies: readonly string[];
  setCookies(lines: readonly string[]): void;
}

/**
 * What the engine decided about one response, kept until its headers are sent and applied then, last of all: so that
 * `no-store` wins over what the handler said, and no handler overwrites the cookie.
 */
export class ResponsePlan implements ResponseSink {
  readonly #response: { readonly headersSent: boolean };
  // Made when there is something to keep: most responses carry neither cookie nor header.
  #cookies: Map<string, string> | null = null;
  #headers: Map<string, string> | null = null;
  #vary: string[] | null = null;
  #caching: "no-store" | "private" | null = null;

  /** `response`: says whether its headers are on their way. */
  constructor(response: { readonly headersSent: boolean }) {
    this.#response = response;
  }

  get writable(): boolean {
    return !this.#response.headersSent;
  }

  /** Whether there is nothing to put into the headers. */
  get isEmpty(): boolean {
    return this.#caching === null && this.#cookies === null && this.#headers === null;
  }

  /** The lines of the cookies to be set. */
  cookieLines(): readonly string[] {
    return [...(this.#cookies?.values() ?? [])];
  }

  setCookie(name: string, serialized: string): void {
    this.#assertWritable();
    this.#cookies ??= new Map();
    this.#cookies.set(name, serialized);
    this.setCaching("no-store", { vary: "Cookie" });
  }

  setHeader(name: string, value: string): void {
    this.#assertWritable();
    this.#headers ??= new Map();
    this.#headers.set(name, value);
  }

  setCaching(rule: "no-store" | "private", { vary }: { readonly vary: string }): void {
    this.#assertWritable();
    if (this.#caching !== "no-store") this.#caching = rule;
    if (this.#vary === null) this.#vary = [vary];
    else if (!this.#vary.includes(vary)) this.#vary.push(vary);
  }

  /** Puts the plan into `headers`. Call it once, when nobody else will change them any more. */
  applyTo(headers: ResponseHeaders): void {
    if (this.#caching === "no-store") headers.set("Cache-Control", "no-store");
    else if (this.#caching === "private" && headers.get("Cache-Control") === null)
      headers.set("Cache-Control", "private, no-cache");
    if (this.#vary) headers.set("Vary", mergedVary(headers.get("Vary"), this.#vary));
    if (this.#headers) for (const [name, value] of this.#headers) headers.set(name, value);
    const cookies = this.#cookies;
    if (cookies) {
      const others = headers.cookies.filter((line) => !cookies.has(line.slice(0, line.indexOf("="))));
      headers.setCookies([...others, ...cookies.values()]);
    }
  }

  #assertWritable(): void {
    if (this.writable) return;
    throw new SojournError("ERR_RESPONSE_SENT", "The response was sent while this call was at work: await it");
  }
}

function mergedVary(present: string | null, added: readonly string[]): string {
  if (present === null) return added.join(", ");
  const names = present
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.includes("*")) return "*";
  const known = new Set(names.map((name) => name.toLowerCase()));
  return [...names, ...added.filter((name) => !known.has(name.toLowerCase()))].join(", ");
}
