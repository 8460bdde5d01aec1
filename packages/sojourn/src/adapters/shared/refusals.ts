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
  throw new SojournError(
    "ERR_CSRF_REFUSED",
    `This request would change something and did not come from this application's own pages (${verdict.because})`,
    { because: verdict.because },
  );
}

/** The CSRF token in a parsed form, if there is one. */
export function tokenInForm(body: unknown): string | null {
  const token = isObject(body) ? body[csrfField] : null;
  return typeof token === "string" ? token : null;
}

/** The body of an error for a program: a stable code, nothing internal. */
export function errorBody(error: SojournError): { readonly error: string } {
  return { error: error.code };
}
