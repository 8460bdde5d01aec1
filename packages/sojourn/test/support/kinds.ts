import type { AnonymousSession, AuthenticatedSession, LockedSession, Session } from "../../src/core/session.ts";

/** `session`, of which the story says that somebody is logged in. */
export function authenticated<Data extends object>(session: Session<Data>): AuthenticatedSession<Data> {
  if (session.kind === "authenticated") return session;
  throw new Error(`Expected somebody logged in; it is ${said(session)}`);
}

/** `session`, of which the story says that nobody is logged in. */
export function anonymous<Data extends object>(session: Session<Data>): AnonymousSession<Data> {
  if (session.kind === "anonymous") return session;
  throw new Error(`Expected nobody logged in; it is ${said(session)}`);
}

/** `session`, of which the story says that it is locked. */
export function locked<Data extends object>(session: Session<Data>): LockedSession<Data> {
  if (session.kind === "locked") return session;
  throw new Error(`Expected a locked session; it is ${said(session)}`);
}

/** A session in a word or two: what stories compare. */
export function said<Data extends object>(session: Session<Data>): string {
  if (session.kind === "anonymous") return `anonymous, ${session.because}`;
  return `${session.kind}, ${session.userId}`;
}
