import type { Answer } from "../binding/exchange.ts";
import { SojournError, type SojournErrorCode } from "../core/errors.ts";
import type { CsrfRefusal } from "../core/events.ts";
import type { RequestFacts, ResponseSink } from "../core/request.ts";
import type { AuthenticatedSession } from "../core/session.ts";
import type { SessionManager } from "../manager.ts";
import { requireUser } from "../step-up/require-user.ts";

/** Why a handshake is not let in. Stable. */
export type HandshakeRefusal = "signed-out" | "locked" | "too-many-connections" | "going-away" | SojournErrorCode;

/** What is sent instead of a connection. */
export interface Refused {
  readonly admitted: false;
  readonly because: HandshakeRefusal;
  /** Where `because` is `ERR_CSRF_REFUSED`: why. */
  readonly origin: CsrfRefusal | null;
  /** For a program: a status and `{ "error": because }`. */
  readonly answer: Answer;
}

/**
 * Opens the session of a handshake and asks where it comes from, or says what to answer. A page that connects again and
 * again is not its user: a handshake keeps no session awake, and it renews nothing, for many clients keep no cookie of it.
 */
export async function judgeHandshake<Data extends object>(
  request: RequestFacts,
  manager: SessionManager<Data>,
): Promise<AuthenticatedSession<Data> | Refused> {
  const facts = asHandshake(request);
  try {
    const session = await manager.open(facts, nowhere, { activity: false });
    const origin = manager.checkCsrf(facts, session);
    if (!origin.allowed) return { ...refusal("ERR_CSRF_REFUSED", 403), origin: origin.because };
    const verdict = requireUser(session);
    if (verdict.met) return verdict.session;
    const { status, headers } = verdict.challenge;
    return refusal(verdict.because, status, headers);
  } catch (error) {
    if (!(error instanceof SojournError)) throw error;
    return refusal(error.code, error.status);
  }
}

export function refusal(
  because: HandshakeRefusal,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Refused {
  const body = JSON.stringify({ error: because });
  const all = { ...headers, "Content-Type": "application/json", "Cache-Control": "no-store" };
  return { admitted: false, because, origin: null, answer: { status, headers: all, body } };
}

/**
 * Whatever a connection is opened with, pages of other sites can send it, and once open it does what it likes: where it
 * comes from is asked as of a WebSocket's handshake.
 */
function asHandshake(request: RequestFacts): RequestFacts {
  const { url, secure } = request;
  return {
    ...{ method: "GET", url, secure },
    header: (name) => (name === "upgrade" ? "websocket" : request.header(name)),
    address: () => request.address?.() ?? null,
  };
}

/** A handshake sets no cookie. */
const nowhere: ResponseSink = Object.freeze<ResponseSink>({
  writable: false,
  instead: "a connection that stays open sets none: do it in a request of its own",
  setCookie() {},
  setHeader() {},
  setCaching() {},
});
