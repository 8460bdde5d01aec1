import { SojournError } from "../../core/errors.ts";
import { isObject } from "../../core/json.ts";
import type { CsrfVerdict } from "../../csrf/guard.ts";

/** The request header in which scripts send the CSRF token. */
export const csrfHeader = "x-csrf-token";
/** The form field in which pages send it. */
const csrfField = "_csrf";

/** Throws `ERR_CSRF_REFUSED` for a verdict that does not allow the request. */
export function assertAllowed(verdict: CsrfVerdict): void {
  if (verdict.allowed) return;
  const mended =
    verdict.because === "origin-unknown"
      ? "a client that is no browser sends an Origin of yours"
      : "check `origins`, or the CSRF token";
  throw new SojournError(
    "ERR_CSRF_REFUSED",
    `This request is not from the application's own pages (${verdict.because}): ${mended}`,
    { because: verdict.because },
  );
}

/** The CSRF token in a parsed form, if there is one. */
export function tokenInForm(body: unknown): string | null {
  const token = isObject(body) ? body[csrfField] : null;
  return typeof token === "string" ? token : null;
}

/** An error for a program: the library's by its status and stable code, others by 500; nothing internal. */
export function errorAnswer(error: unknown): { readonly status: number; readonly body: { readonly error: string } } {
  if (error instanceof SojournError) return { status: error.status, body: { error: error.code } };
  return { status: 500, body: { error: "internal" } };
}
