import type { Browsing } from "../browser/browsing.ts";
import type { Journey } from "../browser/journey.ts";
import type { Credential } from "../credential/credential.ts";
import type { User } from "../file/load.ts";
import type { Change, CheckedFile, Flow, Stream } from "../file/schema.ts";
import type { Answer } from "../http/exchange.ts";
import type { Listening } from "../http/listen.ts";
import type { Sleep } from "../http/pace.ts";
import type { Prepared } from "../login/flow.ts";
import type { ReadyRequest, SendOptions, Visitor, World } from "../login/visitor.ts";
import type { Asked, Oracle } from "../oracle/oracle.ts";

/** Somebody who has logged in, and what the target sent meanwhile. */
export interface Member extends Visitor {
  readonly user: User;
  /** Every answer of the login. */
  readonly loginAnswers: readonly Answer[];
}

/** A session that was issued to us, kept for the checks that look at tokens. */
export interface Issued {
  readonly member: Member;
  readonly at: number;
  /** Whether it was made in a new browser profile, with no other login under way: then its token came after the one before. */
  readonly isInTurn: boolean;
}

/** What a check works with. Everything that cannot be done is a `Trouble`, and makes the check inconclusive. */
export interface Stage {
  readonly world: World;
  readonly file: CheckedFile;
  readonly users: readonly User[];
  readonly oracle: Oracle;
  /** What was found to sign somebody in, the first one first. */
  readonly credentials: readonly Credential[];
  readonly sleep: Sleep;
  /** How many milliseconds lie between questions that must all agree. */
  readonly settle: number;
  /** How many requests may be under way at once. */
  readonly atOnce: number;

  visitor(name?: string, user?: User): Visitor;
  /** What an open stream sends, from its beginning, until it is closed. */
  listen(stream: Stream, visitor: Visitor): Promise<Listening>;
  /** A fresh session: of the first user, or of another; in a browser profile that exists, or a new one. */
  signIn(options?: SignInOptions): Promise<Member>;
  ask(visitor: Visitor, options?: SendOptions): Promise<Asked>;
  isSignedIn(visitor: Visitor): Promise<boolean>;
  /** Whether every question, `times` of them over some time, says signed in. */
  staysSignedIn(visitor: Visitor, times?: number): Promise<boolean>;
  /** `onReady` is called when the request that logs out is ready and not sent: pages before it may replace a token. */
  logOut(member: Visitor, onReady?: () => void): Promise<Answer>;
  run(flow: Flow, visitor: Visitor): Promise<Answer>;
  prepare(flow: Flow, visitor: Visitor): Promise<Prepared>;
  /** Sends all but the last byte, and returns how to send that. */
  hold(request: ReadyRequest, visitor: Visitor): Promise<{ release(): Promise<Answer>; abandon(): void }>;
  /** The value that a change shows itself by. */
  read(change: Change, visitor: Visitor): Promise<string>;
  /** Sessions issued in this run in their order, topped up to `wanted` made in turn, as far as the budget allows. */
  issued(wanted: number): Promise<readonly Issued[]>;
  /** Whether time may pass: `--wait` was given, or there is a test server's clock. */
  readonly mayPass: boolean;
  /** Lets time pass: on the target's own clock where there is a way, otherwise by waiting. */
  pass(milliseconds: number): Promise<void>;
  /** What happened to parked sessions, see `timeline.ts`. */
  timeline(): Promise<Timeline>;
  /** A real browser; `null` if there is none. */
  readonly browsing: Browsing | null;
  /**
   * The first user's whole visit in the browser. The checks share it; a check that asks a second time gets a new one.
   * @throws Trouble if there is no browser, or the visit could not be made
   */
  journey(by: string): Promise<Journey>;
  /** Any answer that was given to a member so far: what a look for leaked tokens reads. */
  readonly seen: readonly Answer[];
}

export interface SignInOptions {
  readonly user?: User;
  readonly as?: Visitor;
}

/** When a parked session was asked, in milliseconds after its login, and what it was. */
export interface Parked {
  readonly at: number;
  readonly isSignedIn: boolean;
}

export interface Timeline {
  /** Sessions left alone, each asked once. */
  readonly idle: readonly Parked[];
  /** One session kept busy, asked again and again. */
  readonly busy: readonly Parked[];
  /** A copy of a cookie, asked after the cookie's own end; `null` if it ends with the browser or too late to wait for. */
  readonly expired: (Parked & { readonly lifetime: number }) | null;
  /** A copy of a JSON Web Token, kept busy and asked after the token's own `exp`; `null` as above, or if it has none. */
  readonly tokenExpired: (Parked & { readonly lifetime: number }) | null;
}
