import { milliseconds } from "../core/duration.ts";
import type { AuthenticatedSession, Freshness, Session } from "../core/session.ts";
import { challenge, requireUser, type TurnedAway } from "./require-user.ts";

/** Whether a session's user has proved who they are recently enough, and what to answer if not. */
export type FreshnessVerdict<Data extends object> =
  | { readonly met: true; readonly session: AuthenticatedSession<Data> }
  /** `stale`: logged in, but the proof is too old or too weak. */
  | (TurnedAway & { readonly because: "signed-out" | "locked" | "stale" });

/** Asks for a recent proof of identity before anything sensitive (ASVS 7.5.1 to 7.5.3, OAU-02; challenge: RFC 9470). */
export function requireFresh<Data extends object>(session: Session<Data>, need: Freshness): FreshnessVerdict<Data> {
  if (session.kind === "anonymous") return requireUser(session);
  if (session.kind === "authenticated" && session.isFresh(need)) return { met: true, session };
  const because = session.kind === "locked" ? "locked" : "stale";
  return { met: false, because, reason: because, challenge: challenge(freshnessChallenge(need)) };
}

function freshnessChallenge({ within, level }: Freshness): string {
  const parts = [
    'Bearer error="insufficient_user_authentication"',
    'error_description="A more recent or stronger authentication is required"',
    `max_age=${Math.floor(milliseconds(within) / 1000)}`,
  ];
  return [...parts, ...(level ? [`acr_values="${level}"`] : [])].join(", ");
}
