import type { ProofAlgorithm } from "./binding.ts";
import type { Instant } from "./clock.ts";
import type { SojournErrorCode } from "./errors.ts";
import type { SessionId, UserId } from "./ids.ts";
import type { SignalChange } from "./signals.ts";

/** Why a request is not signed in. Stable: logs, metrics and pages may depend on it. */
export type RefusalReason =
  /** No token was sent. */
  | "none"
  /** What was sent is not a token. */
  | "malformed"
  /** Two different tokens under one name: cookie tossing until proven otherwise. */
  | "ambiguous"
  /** No such session: ended, revoked, forgotten, or guessed. */
  | "unknown"
  /** The id exists, the secret was never this session's. */
  | "mismatch"
  /** A secret of this session that was replaced. */
  | "superseded"
  /** A replaced secret after its grace: somebody kept a copy. The session was ended. */
  | "replay"
  /** The client is another one than before, by more than the signals allow. The session was ended. */
  | "client-changed"
  /** The inactivity timeout has passed. */
  | "idle"
  /** The absolute timeout has passed. */
  | "absolute"
  /** The stored row cannot be read. */
  | "corrupt"
  /** The user's credential has changed since this login. */
  | "credentials-changed"
  /** The token came over plain HTTP. */
  | "insecure-transport"
  /** A bearer token came from a web page, which must not hold one. */
  | "web-page"
  /** The session is bound to a device, or must be, and the request does not show it. */
  | "unbound";

/** Why a session is over. */
export type EndReason =
  | "logout"
  | "revoked"
  | "revoked-all"
  | "ended-others"
  | "limit"
  | "replay"
  | "client-changed"
  | "replaced"
  | "credentials-changed"
  | "contained"
  | "logged-out-elsewhere";

/** Why a secret was replaced. */
export type RenewalCause = "interval" | "elevated" | "unlocked" | "privileges-changed" | "ended-others" | "leaked";

/** Why the CSRF guard refused a request. Stable. */
export type CsrfRefusal =
  /** The browser says that another site made the request. */
  | "cross-site"
  /** `Origin` is not one of the application's origins. */
  | "foreign-origin"
  /** Neither `Sec-Fetch-Site` nor `Origin`: no browser of today sends that, and nothing can be concluded from it. */
  | "origin-unknown"
  /** The policy asks for a token in every request that changes something, and there is none. */
  | "token-missing"
  /** There is one, and it is not this session's. */
  | "token-wrong";

/** Why an earlier session was not moved in. Stable. */
export type MoveRefusal =
  /** It was moved before, longer ago than a lost answer explains: a browser that missed it, or a copy. */
  | "used"
  /** Two different ones came under one name. */
  | "ambiguous"
  /** It began longer ago than the policy lets a session last. */
  | "absolute"
  /** The user's credential has changed since that login. */
  | "credentials-changed";

/** Why a bound session's token came without its device. All but the first and the last are the client's own word. */
export type WithoutDevice =
  /** `binding.policy` is `require`, and no device has registered in time. */
  | "never-bound"
  /** A link from another site: browsers refresh no bound cookie for those. The page that reloads itself settles it. */
  | "arrival"
  /** The browser says that it could not refresh. */
  | "refresh-skipped"
  /** Nothing explains it: somebody may hold a copied cookie. */
  | "no-bound-cookie";

/** Why a device's proof was refused. Stable. */
export type ProofRefusal =
  /** Not a signed proof of a kind that browsers make. */
  | "malformed"
  /** Signed by another algorithm than the one agreed on, or by none. */
  | "algorithm"
  /** A signed token of another type. */
  | "type"
  /** The key is of the wrong kind or size. */
  | "key"
  /** Not signed with the session's key. */
  | "signature"
  /** The challenge is missing, used, expired, or was given to somebody else. An answer that was lost looks like this. */
  | "challenge"
  /** There is no such session, or none that was offered to be bound. */
  | "session";

interface EventBase {
  readonly at: Instant;
  readonly severity: "info" | "warning" | "critical";
}
/** One of two that used the same session: coarse, and nothing secret. `null`: not known, or signals are off. */
export interface Side {
  /** When it was seen; of the earlier side, to within one touch interval. */
  readonly at: Instant;
  /** Like `"firefox 150 on linux"`. */
  readonly client: string | null;
  /** As it is kept with the session: coarse or hashed. */
  readonly network: string | null;
}
interface AboutSession {
  readonly sessionId: SessionId;
  readonly userId: UserId | null;
}

interface BothSides {
  readonly before: Side;
  readonly now: Side;
}

/**
 * Everything worth a line in a security log. Ids, never secrets. Names are the OWASP Logging Vocabulary's where it has one.
 * `docs/events.md` has a table.
 */
export type SessionEvent = EventBase &
  /** `newDevice`: as the session that `authenticate` returns says; `null` for a visitor's. */
  (
    | ({ readonly type: "session_created"; readonly newDevice: boolean | null } & AboutSession)
    /** A session of another library became this one: `source` names which, like `"express-session"`. */
    | ({ readonly type: "session_moved"; readonly source: string } & AboutSession)
    | { readonly type: "session_move_refused"; readonly source: string; readonly because: MoveRefusal }
    | ({ readonly type: "session_renewed"; readonly cause: RenewalCause } & AboutSession)
    | ({ readonly type: "session_logout" } & AboutSession)
    | ({ readonly type: "session_expired"; readonly reason: Exclude<EndReason, "logout"> } & AboutSession)
    | ({ readonly type: "session_use_after_expire"; readonly reason: "idle" | "absolute" } & AboutSession)
    /** Locked by a containment, or released when that was undone. */
    | ({
        readonly type: "session_contained";
        readonly change: "contained" | "released";
        readonly name: string;
      } & AboutSession)
    | { readonly type: "excess_sessions_exceeded"; readonly userId: UserId; readonly limit: number }
    | ({
        readonly type: "privilege_permissions_changed";
        readonly by: "elevate" | "session" | "manager";
      } & AboutSession)
    /** A request that carried something was not signed in. `sessionId` where one could be read. */
    | {
        readonly type: "session_refused";
        readonly because: Exclude<RefusalReason, "none">;
        readonly sessionId: SessionId | null;
      }
    /** A replaced secret was presented after its grace; the session is ended. `removed: false` if the store could not. */
    | ({ readonly type: "session_replayed"; readonly removed: boolean } & BothSides & AboutSession)
    /** The client of a session is not the one it was: what changed, and what came of it. */
    | ({
        readonly type: "session_client_changed";
        readonly changes: readonly SignalChange[];
        readonly verdict: "observe" | "lock" | "end";
      } & BothSides &
        AboutSession)
    /**
     * From one network, within so many milliseconds, at least so many different tokens came that open nothing.
     * Told again whenever the number has doubled.
     */
    | {
        readonly type: "session_guessing";
        readonly network: string;
        readonly different: number;
        readonly attempts: number;
        readonly within: number;
      }
    /** A browser has shown that it holds its device's key: from now on the session is refused without it. */
    | ({ readonly type: "session_bound"; readonly algorithm: ProofAlgorithm } & AboutSession)
    /** A session's token came without its device, and was refused. The session stands. */
    | ({ readonly type: "session_presented_unbound"; readonly because: WithoutDevice } & AboutSession)
    /** A proof of a device was refused. Nothing was changed. */
    | {
        readonly type: "binding_proof_refused";
        readonly step: "register" | "refresh";
        readonly because: ProofRefusal;
        readonly sessionId: SessionId | null;
      }
    /** A valid token was seen in a URL. It is renewed at once. */
    | ({ readonly type: "session_token_leaked"; readonly where: "url" } & AboutSession)
    /** `keep` named data of a session that belongs to another user; nothing was carried over. */
    | { readonly type: "session_data_not_kept"; readonly sessionId: SessionId; readonly userId: UserId }
    | {
        readonly type: "csrf_refused";
        readonly because: CsrfRefusal;
        readonly method: string;
        readonly sessionId: SessionId | null;
      }
    | {
        readonly type: "store_failed";
        readonly operation: string;
        readonly code: SojournErrorCode;
        readonly sessionId: SessionId | null;
      }
  );

/** `T` without `K`, member by member of a union. */
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** An event before it is dated. */
export type EventDraft = DistributiveOmit<SessionEvent, "at">;

/** Hands events to the application's listener, whose failures hurt nobody. */
export type EmitEvent = (event: EventDraft) => void;

/** Wraps the application's listener: dates each event, and swallows what the listener throws or rejects with. */
export function createEmitter(listener: ((event: SessionEvent) => unknown) | undefined, now: () => Instant): EmitEvent {
  if (!listener) return () => {};
  return (event) => {
    try {
      const returned = listener({ at: now(), ...event } as SessionEvent);
      if (returned instanceof Promise) returned.catch(() => {});
    } catch {
      // A broken log sink must not sign anybody out.
    }
  };
}
