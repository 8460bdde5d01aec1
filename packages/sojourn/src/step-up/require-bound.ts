import type { AuthenticatedSession, Session } from "../core/session.ts";
import { challenge, requireUser, type TurnedAway } from "./require-user.ts";

/** Whether a request proved its session's device, and what to answer if not. */
export type BoundVerdict<Data extends object> =
  | { readonly met: true; readonly session: AuthenticatedSession<Data> }
  /** `unbound`: logged in, but this request did not show the device, or the session has none. */
  | (TurnedAway & { readonly because: "signed-out" | "locked" | "unbound" });

/**
 * Asks that a request proves the device its session is bound to, before what a copied cookie must not do. A browser that
 * cannot bind never meets it: have another way for its user, or `binding.policy: "require"` for everybody.
 */
export function requireBound<Data extends object>(session: Session<Data>): BoundVerdict<Data> {
  if (session.kind !== "authenticated") return requireUser(session) as BoundVerdict<Data>;
  if (session.isBound) return { met: true, session };
  return { met: false, because: "unbound", reason: "unbound", challenge: challenge('Bearer realm="session"') };
}
