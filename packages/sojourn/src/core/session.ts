import type { Instant } from "./clock.ts";
import type { Duration } from "./duration.ts";
import type { RefusalReason } from "./events.ts";
import type { SessionId, UserId } from "./ids.ts";
import type { DeepReadonly } from "./json.ts";
import type { Deadlines } from "./judge.ts";
import type { AssuranceLevel } from "./policy.ts";

/** A new session for somebody who has just proved who they are. */
export interface Login<Data extends object> {
  /** The subject; opaque to the library. Well-formed Unicode, no NUL, 1 to 255 bytes. */
  readonly id: UserId;
  /**
   * The keys of the visitor's data that travel into the new session, or `"none"`. Required, so that neither a planted
   * value nor a lost cart happens silently.
   */
  readonly keep: readonly (keyof Data)[] | "none";
  /** How strongly they proved it. Default `"aal1"`. */
  readonly level?: AssuranceLevel;
  /** How they proved it, for an audit log or a token's `amr`, like `["pwd", "otp"]` (RFC 8176). At most 16. Default none. */
  readonly methods?: readonly string[];
  /**
   * "Remember me": the limits of `policy.remembered` hold, the cookie outlives the browser, and this login alone makes the
   * session never fresh: what is sensitive asks for a proof of identity first. Default `false`.
   */
  readonly persistent?: boolean;
  /**
   * Which version of the user's credential they proved it with: read before the credential was checked. Required where the
   * manager has `credentialVersionOf`. Bounds as for `id`.
   */
  readonly credentialVersion?: string;
  /** How somebody else names this session, for logout from there (an OpenID provider's issuer and `sid`). */
  readonly ref?: string;
  /** What to call this session among the user's devices, like `"Firefox on Linux"`. Bounds as for `id`; decides nothing. */
  readonly label?: string;
}

/** A need for a recent proof of identity. */
export interface Freshness {
  readonly within: Duration;
  /** Default: any level. */
  readonly level?: AssuranceLevel;
}

interface SessionBase<Data extends object> {
  /** `null` until there is something worth storing: reading never creates a session. */
  readonly id: SessionId | null;
  /** As it was when this handle last read or wrote it. Frozen; change it through `update`. */
  readonly data: DeepReadonly<Partial<Data>>;
  /**
   * Applies `change` to the latest data and stores it; runs it again if another request got there first, so it must do
   * nothing but change the draft. Not async: the type and the engine refuse a promise.
   *
   * Throws `ERR_DATA_INVALID`, `ERR_DATA_TOO_LARGE`, `ERR_SESSION_ENDED`, `ERR_SESSION_SUPERSEDED` (its data was carried
   * into a new session), `ERR_SESSION_CONTENTION`, `ERR_SESSION_OUTCOME_UNKNOWN`, `ERR_STORE_UNAVAILABLE`; where it
   * creates the session, also `ERR_RESPONSE_SENT` and `ERR_INSECURE_TRANSPORT`.
   */
  update(change: (draft: Partial<Data>) => undefined): Promise<void>;
  /**
   * Removes one value and returns it, to at most one of any number of concurrent callers; `undefined` to the others.
   * Throws as `update` does; `ERR_SESSION_OUTCOME_UNKNOWN` also where the session ended meanwhile.
   */
  take<Key extends keyof Data>(key: Key): Promise<DeepReadonly<Data[Key]> | undefined>;
  /**
   * Starts a new session for a user, with a new id and secret, carrying over only the keys named in `keep`; the old
   * session is removed (ASVS 7.2.4). Use the session it returns: this one is spent.
   *
   * Throws `ERR_RESPONSE_SENT`, `ERR_INSECURE_TRANSPORT`, `ERR_INSECURE_ORIGIN`, `ERR_STORE_UNAVAILABLE`,
   * `ERR_SESSION_OUTCOME_UNKNOWN`, `ERR_DATA_INVALID`, `ERR_CREDENTIALS_CHANGED` (while it was checked); `TypeError` for a
   * user id that cannot be one.
   */
  authenticate(login: Login<Data>): Promise<AuthenticatedSession<Data>>;
  /**
   * Logs out: removes the row, then makes the client forget its token. Throws `ERR_STORE_UNAVAILABLE` or
   * `ERR_STORE_UNCONFIRMED` if the store did not confirm, `ERR_SESSION_AMBIGUOUS` where two different cookies came; the
   * cookie is left alone then, so that the user can try again.
   */
  end(options?: {
    /** Sends `Clear-Site-Data` for these as well. */ readonly clearSiteData?: readonly SiteData[];
  }): Promise<void>;
  /**
   * A token that proves a form came from a page of this session: masked anew at each call, valid for the session's life,
   * different after login. Asking for one creates the anonymous session.
   */
  csrfToken(): Promise<string>;
  /** Whether `token` is a CSRF token of this session. */
  isCsrfToken(token: string): boolean;
}

/** What a browser can be told to clear. `cookies` reaches every subdomain of the site. */
export type SiteData = "cache" | "cookies" | "storage";

/** A visitor nobody has logged in as. */
export interface AnonymousSession<Data extends object> extends SessionBase<Data> {
  readonly kind: "anonymous";
  readonly userId: null;
  /** Why nobody is signed in: no token, or what was wrong with the one presented. */
  readonly because: RefusalReason;
  /**
   * Whether the token presented was that of a session somebody was logged in with. `false`: there was none, or only a
   * visitor's, who need not hear of a timeout. `null`: nobody can tell, the session is not to be found.
   */
  readonly wasLoggedIn: boolean | null;
}

/** Why a session is locked: nobody used it for too long, an operator contained it, or it came from another client. Stable. */
export type LockReason = "idle" | "contained" | "client-changed";

/**
 * Idle time is up and absolute time is not (SP 800-63B-4, 2.2.3), it was contained, or used from another client: no data, no actions, neither touched
 * nor renewed; only re-authentication, by the same user.
 */
export interface LockedSession<Data extends object> {
  readonly kind: "locked";
  readonly id: SessionId;
  readonly userId: UserId;
  /** Why, for a word to its user. Of several reasons the gravest. */
  readonly because: LockReason;
  readonly endsAt: { readonly absolute: Instant };
  /**
   * Wakes the session after its user has proved who they are, with a new secret. After idleness its level stays; where it
   * was contained, or came from another client, the level is that of this proof, and earlier ones count no more. Throws
   * `ERR_SESSION_OTHER_USER` for anybody else, `ERR_SESSION_SUPERSEDED`, `ERR_SESSION_ENDED`, and as `update` does.
   */
  unlock(proof: UnlockProof): Promise<AuthenticatedSession<Data>>;
  authenticate: SessionBase<Data>["authenticate"];
  end: SessionBase<Data>["end"];
  csrfToken: SessionBase<Data>["csrfToken"];
  isCsrfToken: SessionBase<Data>["isCsrfToken"];
}

/** Who has just proved, while their session was locked, that it is still them. */
export interface UnlockProof {
  readonly userId: UserId;
  readonly level: AssuranceLevel;
  /** As `authenticate` has it: the version of the credential they have just proved it with. */
  readonly credentialVersion?: string;
}

/** Somebody is logged in. */
export interface AuthenticatedSession<Data extends object> extends SessionBase<Data> {
  readonly kind: "authenticated";
  readonly id: SessionId;
  readonly userId: UserId;
  readonly level: AssuranceLevel;
  /** As its login said; empty where it said nothing. */
  readonly methods: readonly string[];
  /** Whether its login asked to be remembered. */
  readonly remembered: boolean;
  /**
   * On the session that `authenticate` returns: whether the user has other sessions and none of this `label`, so that the
   * application can tell them. `null` where that cannot be told (no label, or no other session), and in later requests.
   */
  readonly newDevice: boolean | null;
  /**
   * Whether this very request proved the device that the session is bound to: a copied cookie does not, once the bound
   * cookie copied with it has run out. `false` where sessions are not bound. Ask `requireBound` before anything sensitive.
   */
  readonly isBound: boolean;
  /** Moves only with a login; `absolute` counts from here. */
  readonly authenticatedAt: Instant;
  /** When it will end if nothing more happens, and when whatever happens: for a warning in the page. */
  readonly endsAt: Deadlines;
  /** Has the user proved `level`, or a stronger one, within `within`? Ask before anything sensitive (ASVS 7.5.1, 7.5.3). */
  isFresh(need: Freshness): boolean;
  /**
   * Records a step-up authentication and replaces the secret at once. Never lowers the level. Throws
   * `ERR_SESSION_SUPERSEDED` if this request's secret was itself replaced, `ERR_RESPONSE_SENT`, and as `update` does.
   */
  elevate(level: AssuranceLevel): Promise<void>;
  /** After a change of role or permissions in this session: a new secret at once. Throws as `elevate` does. */
  privilegesChanged(): Promise<void>;
  /**
   * Ends this user's other sessions and replaces this one's secret, so that a stolen copy of it dies too. Returns how many
   * ended. Throws `ERR_SESSION_NOT_FRESH` unless the user has proved who they are within `within` (default `"5m"`, an
   * engineering default; ASVS 7.5.2 asks for the proof), and as `elevate` does.
   */
  endOthers(options?: { readonly within?: Duration }): Promise<number>;
}

/** What a request holds. Its `kind` must be looked at before there is a user. */
export type Session<Data extends object> = AnonymousSession<Data> | AuthenticatedSession<Data> | LockedSession<Data>;

/** One line of "your devices". */
export interface SessionSummary {
  readonly id: SessionId;
  /** What the login called it; `null` where it said nothing. */
  readonly label: string | null;
  readonly kind: "authenticated" | "locked";
  /** Why it is locked; `null` where it is not. */
  readonly lockedFor: LockReason | null;
  /** When its device was bound to it; `null` where it is not bound. */
  readonly boundSince: Instant | null;
  readonly level: AssuranceLevel;
  readonly methods: readonly string[];
  readonly remembered: boolean;
  readonly authenticatedAt: Instant;
  /** To within one touch interval. */
  readonly lastSeenAt: Instant;
  readonly endsAt: Deadlines;
}
