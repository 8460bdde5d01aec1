import { heldOrCreated, takeValue, updateData } from "./change-data.ts";
import { isCsrfTokenOf, maskedCsrfToken } from "./csrf-token.ts";
import { endOthers } from "./end-others.ts";
import { SojournError } from "./errors.ts";
import type { RefusalReason } from "./events.ts";
import type { SessionId, UserId } from "./ids.ts";
import type { DeepReadonly } from "./json.ts";
import { type Deadlines, deadlines } from "./judge.ts";
import { lockReason } from "./lock.ts";
import { logIn } from "./login.ts";
import { assertLevel, assertUnlock } from "./login-checks.ts";
import { logOut } from "./logout.ts";
import type { AssuranceLevel } from "./policy.ts";
import { checkedNeed, hasProved, proved, unlocked } from "./proofs.ts";
import { replaceSecret } from "./replace-secret.ts";
import type {
  AnonymousSession,
  AuthenticatedSession,
  Freshness,
  LockedSession,
  LockReason,
  Login,
  Session,
  SiteData,
  UnlockProof,
} from "./session.ts";
import {
  assertUsable,
  type HandleState,
  type Held,
  type Refused,
  type SignedInState,
  stateOf,
  type Visit,
} from "./visit.ts";

type Inside<Data extends object, State extends HandleState> = { readonly state: State; readonly visit: Visit<Data> };

/** What a handle is made of: for this file alone, so that no log of a session shows its token and nobody else reads it. */
let inside: <Data extends object, State extends HandleState>(handle: Handle<Data, State>) => Inside<Data, State>;
/** The request that a session was opened for. */
export let visitOf: <Data extends object>(session: Session<Data>) => Visit<Data>;

/** What every kind of session can do. */
class Handle<Data extends object, State extends HandleState> {
  readonly #inside: Inside<Data, State>;

  static {
    inside = (handle) => handle.#inside;
    visitOf = (session) => (session as unknown as Handle<never, HandleState>).#inside.visit;
  }

  constructor(state: State, visit: Visit<Data>) {
    this.#inside = { state, visit };
  }

  async authenticate(login: Login<Data>): Promise<AuthenticatedSession<Data>> {
    const { state, visit } = inside(this);
    const { held, newDevice } = await logIn(login, state, visit);
    const session = new AuthenticatedHandle<Data>(stateOf(held, null, newDevice) as SignedInState, visit);
    visit.replaced(session);
    return session;
  }

  async end({ clearSiteData = [] }: { readonly clearSiteData?: readonly SiteData[] } = {}): Promise<void> {
    const { state, visit } = inside(this);
    await logOut(clearSiteData, state, visit);
    visit.replaced(anonymous(null, visit));
  }

  async csrfToken(): Promise<string> {
    const { state, visit } = inside(this);
    assertUsable(state);
    // A replaced secret still proves its session: its page gets a token without a new session, and so without a cookie.
    const token = state.refused?.token ?? (await heldOrCreated(state, visit)).token;
    return maskedCsrfToken(token, visit.engine.random);
  }

  isCsrfToken(token: string): boolean {
    const { held, refused, spent } = inside(this).state;
    const own = held?.token ?? refused?.token ?? null;
    return spent === null && own !== null && isCsrfTokenOf(token, own);
  }
}

const nothingStored = Object.freeze({});

/** What the sessions with data can do: all but locked ones. */
class DataHandle<Data extends object, State extends HandleState> extends Handle<Data, State> {
  get data(): DeepReadonly<Partial<Data>> {
    const data: unknown = inside(this).state.held?.loaded.record.data.value ?? nothingStored;
    return data as DeepReadonly<Partial<Data>>;
  }

  update(change: (draft: Partial<Data>) => undefined): Promise<void> {
    const { state, visit } = inside(this);
    return updateData(change, state, visit);
  }

  async take<Key extends keyof Data>(key: Key): Promise<DeepReadonly<Data[Key]> | undefined> {
    const { state, visit } = inside(this);
    return (await takeValue(key, state, visit)) as DeepReadonly<Data[Key]> | undefined;
  }
}

class AnonymousHandle<Data extends object> extends DataHandle<Data, HandleState> implements AnonymousSession<Data> {
  readonly kind = "anonymous";
  readonly userId = null;

  get id(): SessionId | null {
    return inside(this).state.held?.loaded.row.id ?? null;
  }

  get because(): RefusalReason {
    return inside(this).state.refused?.because ?? "none";
  }

  get wasLoggedIn(): boolean | null {
    const { refused } = inside(this).state;
    if (refused === null) return false;
    return refused.session && refused.session.userId !== null;
  }
}

class AuthenticatedHandle<Data extends object>
  extends DataHandle<Data, SignedInState>
  implements AuthenticatedSession<Data>
{
  readonly kind = "authenticated";

  get id(): SessionId {
    return inside(this).state.held.loaded.row.id;
  }

  get userId(): UserId {
    return inside(this).state.held.loaded.row.userId as UserId;
  }

  get level(): AssuranceLevel {
    return inside(this).state.rights.level as AssuranceLevel;
  }

  get methods(): readonly string[] {
    return Object.freeze([...(inside(this).state.held.loaded.record.methods ?? [])]);
  }

  get remembered(): boolean {
    return inside(this).state.held.loaded.record.remembered === true;
  }

  get newDevice(): boolean | null {
    return inside(this).state.newDevice;
  }

  get isBound(): boolean {
    return inside(this).state.held.isBound;
  }

  get authenticatedAt(): number {
    return inside(this).state.held.loaded.record.startedAt;
  }

  get endsAt(): Deadlines {
    const { state, visit } = inside(this);
    return deadlines(state.held.loaded.record, visit.engine.rules);
  }

  isFresh(need: Freshness): boolean {
    const { state, visit } = inside(this);
    const checked = checkedNeed(need, "isFresh");
    return state.spent === null && hasProved(state.rights, checked, visit.engine.clock.now());
  }

  async elevate(level: AssuranceLevel): Promise<void> {
    const { state, visit } = inside(this);
    assertLevel(level, "elevate(level)");
    await replaceSecret("elevated", (record) => proved(record, level, visit.engine.clock.now()), state, visit);
    this.#reportPrivileges("elevate");
  }

  async privilegesChanged(): Promise<void> {
    const { state, visit } = inside(this);
    await replaceSecret("privileges-changed", (record) => record, state, visit);
    this.#reportPrivileges("session");
  }

  async endOthers({ within = "5m" }: { readonly within?: Freshness["within"] } = {}): Promise<number> {
    const { state, visit } = inside(this);
    return endOthers(within, state, visit);
  }

  #reportPrivileges(by: "elevate" | "session"): void {
    const about = { sessionId: this.id, userId: this.userId };
    inside(this).visit.engine.emit({ type: "privilege_permissions_changed", severity: "info", by, ...about });
  }
}

class LockedHandle<Data extends object> extends Handle<Data, SignedInState> implements LockedSession<Data> {
  readonly kind = "locked";

  get id(): SessionId {
    return inside(this).state.held.loaded.row.id;
  }

  get userId(): UserId {
    return inside(this).state.held.loaded.row.userId as UserId;
  }

  get because(): LockReason {
    return lockReason(inside(this).state.held.loaded.record);
  }

  get endsAt(): { readonly absolute: number } {
    const { state, visit } = inside(this);
    return { absolute: deadlines(state.held.loaded.record, visit.engine.rules).absolute };
  }

  async unlock(proof: UnlockProof): Promise<AuthenticatedSession<Data>> {
    const { state, visit } = inside(this);
    assertUnlock(proof, this.userId, visit.engine);
    const held = await replaceSecret("unlocked", (record) => unlocked(record, proof, visit), state, visit);
    state.spent = new SojournError("ERR_SESSION_SUPERSEDED", "This session was unlocked: use the one that returned");
    const session = authenticated(held, visit);
    visit.replaced(session);
    return session;
  }
}

/** A visitor nobody is logged in as, with or without something stored. */
export function anonymous<Data extends object>(held: Held | null, visit: Visit<Data>): AnonymousSession<Data> {
  return new AnonymousHandle<Data>(stateOf(held, null), visit);
}

/** A visitor whose token was refused. */
export function refused<Data extends object>(refusal: Refused, visit: Visit<Data>): AnonymousSession<Data> {
  return new AnonymousHandle<Data>(stateOf(null, refusal), visit);
}

export function authenticated<Data extends object>(held: Held, visit: Visit<Data>): AuthenticatedSession<Data> {
  return new AuthenticatedHandle<Data>(stateOf(held, null) as SignedInState, visit);
}

export function locked<Data extends object>(held: Held, visit: Visit<Data>): LockedSession<Data> {
  return new LockedHandle<Data>(stateOf(held, null) as SignedInState, visit);
}
