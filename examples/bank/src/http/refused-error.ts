import type { Refusal } from "../views/refusal.ts";

/** Ends a request with a page that says what was not done. */
export class RefusedError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.title);
    this.name = "RefusedError";
    this.refusal = refusal;
  }
}
