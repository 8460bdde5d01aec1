import type { StandingVerdict } from "../core/standing.ts";

/** The codes connections are closed with. Stable. Those of an application's own are from 4000 to 4999 (RFC 6455, 7.4.2). */
export const closeCodes = Object.freeze({
  /** The application is going away, as in a deployment: connect again. RFC 6455's own. */
  goingAway: 1001,
  /** The session is over: log in again. */
  over: 4401,
  /** The secret, or the proof of the device, that the connection was opened with has been replaced: connect again. */
  replaced: 4409,
  /** The session is locked: it must be unlocked first. */
  locked: 4423,
  /** The session has as many connections as it may have. */
  tooMany: 4429,
  /** The store could not be asked for too long: connect again later. */
  unavailable: 4503,
});

export type CloseReason =
  | "going-away"
  | "ended"
  | "idle"
  | "absolute"
  | "credentials-changed"
  | "superseded"
  | "unbound"
  | "locked"
  | "too-many"
  | "unavailable";

/** How a connection is closed: a code for programs, and a word for people who read logs. No secret is in either. */
export interface Closing {
  readonly code: (typeof closeCodes)[keyof typeof closeCodes];
  readonly reason: CloseReason;
}

export const goingAway: Closing = { code: closeCodes.goingAway, reason: "going-away" };
export const tooMany: Closing = { code: closeCodes.tooMany, reason: "too-many" };
export const unavailable: Closing = { code: closeCodes.unavailable, reason: "unavailable" };

/** How the connection is closed whose request would no longer be served. */
export function closingFor({ because }: Extract<StandingVerdict, { readonly served: false }>): Closing {
  switch (because) {
    case "locked":
      return { code: closeCodes.locked, reason: "locked" };
    // To a connection a secret that was replaced is old, and nobody's theft.
    case "superseded":
    case "replay":
      return { code: closeCodes.replaced, reason: "superseded" };
    case "unbound":
      return { code: closeCodes.replaced, reason: "unbound" };
    case "idle":
    case "absolute":
    case "credentials-changed":
      return { code: closeCodes.over, reason: because };
    default:
      return { code: closeCodes.over, reason: "ended" };
  }
}
