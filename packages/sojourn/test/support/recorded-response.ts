import { SojournError } from "../../src/core/errors.ts";
import type { ResponseSink } from "../../src/core/request.ts";

type SetCookie = (name: string, serialized: string) => void;

/** A response that writes down what the engine decided about it. */
export class RecordedResponse implements ResponseSink {
  writable = true;
  readonly cookies = new Map<string, string>();
  readonly headers = new Map<string, string>();
  readonly caching: { readonly rule: "no-store" | "private"; readonly vary: string }[] = [];
  readonly #onCookie: SetCookie;

  constructor(onCookie: SetCookie = () => {}) {
    this.#onCookie = onCookie;
  }

  /** From here on no header can be set any more. */
  sendHeaders(): void {
    this.writable = false;
  }

  setCookie(name: string, serialized: string): void {
    this.#assertWritable();
    this.cookies.set(name, serialized);
    this.#onCookie(name, serialized);
  }

  setHeader(name: string, value: string): void {
    this.#assertWritable();
    this.headers.set(name, value);
  }

  setCaching(rule: "no-store" | "private", { vary }: { readonly vary: string }): void {
    this.#assertWritable();
    this.caching.push({ rule, vary });
  }

  #assertWritable(): void {
    if (!this.writable)
      throw new SojournError("ERR_RESPONSE_SENT", "The response was sent while this call was at work: await it");
  }
}
