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
  | { readonly met: false; readonly because: "signed-out" | "locked"; readonly challenge: Challenge };

export function requireUser<Data extends object>(session: Session<Data>): UserVerdict<Data> {
  if (session.kind === "authenticated") return { met: true, session };
  const because = session.kind === "locked" ? "locked" : "signed-out";
  return { met: false, because, challenge: challenge('Bearer realm="session"') };
}

export function challenge(value: string): Challenge {
  return { status: 401, headers: { "WWW-Authenticate": value } };
}
