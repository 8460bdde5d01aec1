import type { AuthenticatedSession, Session } from "../../core/session.ts";
import type { SessionManager } from "../../manager.ts";

/** The sessions of a manager: `SessionOf<typeof manager>`. */
export type SessionOf<Manager> = Manager extends SessionManager<infer Data> ? Session<Data> : never;

/** The session where a guard has made sure that somebody is logged in; throws a `TypeError` where none has. */
export function signedIn<Data extends object>(session: Session<Data>): AuthenticatedSession<Data> {
  if (session.kind === "authenticated") return session;
  throw new TypeError("Nobody is logged in on this request: guard the route with requireUser or requireFresh");
}

/** The request's session, or a `TypeError` where the adapter was not asked to open one. */
export function opened<Data extends object>(session: Session<Data> | null | undefined, mount: string): Session<Data> {
  if (session) return session;
  throw new TypeError(`This request has no session: ${mount} before the route`);
}
