/**
 * Why a step could not be done. None of them says anything about the sessions of the target, so the check in which one
 * happens is inconclusive.
 *
 * - `refused-host`: a request would have left the hosts that the audit file names
 * - `unreachable`: no connection, or it broke
 * - `too-slow`, `too-large`: the answer took too long, or its headers were too large
 * - `too-many-redirects`: a circle, most likely
 * - `asked-to-slow-down`: the target limits requests or logins, and went on doing so
 * - `budget-spent`: the audit has made as many logins or requests as it may
 * - `flow-broken`: a form, link or value that the audit file names was not on the page
 * - `login-failed`: the login ran, and nobody was signed in
 * - `unclear`: the answer fits neither "signed in" nor "signed out"
 */
export type TroubleCode =
  | "refused-host"
  | "unreachable"
  | "too-slow"
  | "too-large"
  | "too-many-redirects"
  | "asked-to-slow-down"
  | "budget-spent"
  | "flow-broken"
  | "login-failed"
  | "unclear";

export class Trouble extends Error {
  override readonly name = "Trouble";
  readonly code: TroubleCode;

  constructor(code: TroubleCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
