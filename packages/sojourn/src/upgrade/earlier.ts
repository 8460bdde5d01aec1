import type { Instant } from "../core/clock.ts";
import type { RequestFacts, ResponseSink } from "../core/request.ts";
import type { Login } from "../core/session.ts";

/** What the application carries over from an earlier session into its new one. */
export interface Carried
  extends Pick<Login<object>, "level" | "methods" | "persistent" | "credentialVersion" | "ref" | "label"> {
  /** Whose session it is. */
  readonly userId: string;
  /** What the new session holds. Default: nothing. It must satisfy the manager's `schema`. */
  readonly data?: object;
  /** When its user logged in, where the earlier session says so: the absolute timeout counts from then. Default: now. */
  readonly startedAt?: Instant;
}

/** Something that shows who is there, and that this library has not made: the cookie of another one, a token. */
export interface EarlierCredential {
  /** Its kind, in events and counts, like `"express-session"`. */
  readonly source: string;
  /**
   * Names the one session it is of: two credentials of one session have the same, and nobody can spell it in two ways.
   * What was moved is remembered by its hash.
   */
  readonly key: string;
  /** What only its holder knows, the same for each spelling: the new secret is derived from it. */
  readonly secret: string;
  /** The session; `null` where it is over. Changes nothing. */
  find(): Promise<EarlierRow | null>;
  /** What of it is carried over; `null` where nobody is logged in with it. Throws where that cannot be told. */
  carry(row: EarlierRow): Promise<Carried | null>;
  /** The store that the earlier library keeps the session in; `null` where the credential is all there is. */
  readonly store: {
    /**
     * Takes the session out of that library's reach, at once for everybody; `null` where it was logged out before. Asked
     * again, it says the same again, until `forget`.
     */
    take(): Promise<EarlierRow | null>;
    /** Removes what was taken. Done twice, it does no harm. */
    forget(): Promise<void>;
  } | null;
  /** Makes the browser forget it. */
  withdraw(sink: ResponseSink): void;
}

/** A kind of earlier sessions. */
export interface UpgradeSource {
  /** Lower-case letters, digits and dashes. */
  readonly name: string;
  /**
   * The credential that a request carries, its signature checked; `null` where it carries none; `"ambiguous"` where it
   * carries two different ones that are both valid. Asks no store.
   */
  recognise(request: RequestFacts, now: Instant): Promise<EarlierCredential | "ambiguous" | null>;
  /** For `npx sojourn migrate`: what is left. Left out where nobody can count, as with cookies that hold everything. */
  readonly left?: (onProgress: (counted: number) => void) => Promise<Left>;
}

/** How many earlier sessions still stand, and until when the last of them does if nobody uses it; `null`: for ever. */
export interface Left {
  readonly count: number;
  readonly until: Instant | null;
}

/** A store of another library. Errors it throws must not hold keys. */
export interface EarlierStore {
  readonly name: string;
  find(key: string): Promise<EarlierRow | null>;
  /** As `EarlierCredential` has it. */
  take(key: string): Promise<EarlierRow | null>;
  forget(key: string): Promise<void>;
  left?(onProgress: (counted: number) => void): Promise<Left>;
}

export interface EarlierRow {
  readonly data: { readonly [name: string]: unknown };
  /** When its user logged in, where the store knows. */
  readonly startedAt?: Instant;
}

/** What the application says of an earlier session: what to carry over, or `null` to leave it alone, as that of a visitor. */
export type Carry = (session: { readonly [name: string]: unknown }) => Carried | null | Promise<Carried | null>;
