import type { RefusalReason } from "../core/events.ts";
import type { AuthenticatedSession, Session } from "../core/session.ts";

/** An answer for an API client: what is needed stands in `WWW-Authenticate`. */
export interface Challenge {
  readonly status: 401;
  readonly headers: { readonly "WWW-Authenticate": string };
}

/** Whether somebody is logged in, and what to answer if not. */
export type UserVerdict<Data extends object> =
  | { readonly met: true; readonly session: AuthenticatedSession<Data> }
  /** `signed-out`: nobody is logged in. `locked`: idle too long, and waiting for its user. */
  | (TurnedAway & { readonly because: "signed-out" | "locked" });

/** What a verdict says of a request that may not pass, beside its own `because`. */
export interface TurnedAway {
  readonly met: false;
  /**
   * What to tell a person: the session's own reason, `locked` or `stale`. `null` where there is nothing to tell, because
   * nobody was logged in.
   */
  readonly reason: RefusalReason | "locked" | "stale" | null;
  readonly challenge: Challenge;
}

export function requireUser<Data extends object>(session: Session<Data>): UserVerdict<Data> {
  if (session.kind === "authenticated") return { met: true, session };
  const about = { met: false, challenge: challenge('Bearer realm="session"') } as const;
  if (session.kind === "locked") return { ...about, because: "locked", reason: "locked" };
  return { ...about, because: "signed-out", reason: session.wasLoggedIn === false ? null : session.because };
}

export function challenge(value: string): Challenge {
  return { status: 401, headers: { "WWW-Authenticate": value } };
}
