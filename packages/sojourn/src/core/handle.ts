import { heldOrCreated, takeValue, updateData } from "./change-data.ts";
import { isCsrfTokenOf, maskedCsrfToken } from "./csrf-token.ts";
import { SojournError } from "./errors.ts";
import type { RefusalReason } from "./events.ts";
import type { SessionId, UserId } from "./ids.ts";
import { type DeepReadonly, deepFreeze } from "./json.ts";
import { type Deadlines, deadlines } from "./judge.ts";
import { logIn } from "./login.ts";
import { assertLevel } from "./login-checks.ts";
import { logOut } from "./logout.ts";
import type { AssuranceLevel } from "./policy.ts";
import { checkedNeed, hasProved, proved } from "./proofs.ts";
import type { SessionRecord } from "./record.ts";
import { replaceSecret } from "./replace-secret.ts";
import { revokeSessions } from "./revoke.ts";
import type { AnonymousSession, AuthenticatedSession, Freshness, LockedSession, Login, SiteData } from "./session.ts";
import { assertUsable, type HandleState, type Held, type Refused, type SignedInState, type Visit } from "./visit.ts";

/** What every kind of session can do. State is private to the class, so that no log of a session shows its token. */
class Handle<Data extends object> {
  readonly #state: HandleState;
  readonly #visit: Visit<Data>;

  constructor(state: HandleState, visit: Visit<Data>) {
    this.#state = state;
    this.#visit = visit;
  }

  async authenticate(login: Login<Data>): Promise<AuthenticatedSession<Data>> {
    const held = await logIn(login, this.#state, this.#visit);
    const session = new AuthenticatedHandle<Data>(freshState(held), this.#visit);
    this.#visit.replaced(session);
    return session;
  }

  async end({ clearSiteData = [] }: { readonly clearSiteData?: readonly SiteData[] } = {}): Promise<void> {
    await logOut(clearSiteData, this.#state, this.#visit);
    this.#visit.replaced(anonymous(null, this.#visit));
  }

  async csrfToken(): Promise<string> {
    assertUsable(this.#state);
    // A replaced secret still proves its session: its page gets a token without a new session, and so without a cookie.
    const token = this.#state.refused?.token ?? (await heldOrCreated(this.#state, this.#visit)).token;
    return maskedCsrfToken(token, this.#visit.engine.random);
  }

  isCsrfToken(token: string): boolean {
    const { held, refused, spent } = this.#state;
    const own = held?.token ?? refused?.token ?? null;
    return spent === null && own !== null && isCsrfTokenOf(token, own);
  }
}

/** What the sessions with data can do: all but locked ones. */
class DataHandle<Data extends object> extends Handle<Data> {
  readonly #state: HandleState;
  readonly #visit: Visit<Data>;

  constructor(state: HandleState, visit: Visit<Data>) {
    super(state, visit);
    this.#state = state;
    this.#visit = visit;
  }

  get data(): DeepReadonly<Partial<Data>> {
    const data: unknown = this.#state.held?.loaded.record.data ?? {};
    deepFreeze(data);
    return data as DeepReadonly<Partial<Data>>;
  }

  update(change: (draft: Partial<Data>) => undefined): Promise<void> {
    return updateData(change, this.#state, this.#visit);
  }

  async take<Key extends keyof Data>(key: Key): Promise<DeepReadonly<Data[Key]> | undefined> {
    return (await takeValue(key, this.#state, this.#visit)) as DeepReadonly<Data[Key]> | undefined;
  }
}

class AnonymousHandle<Data extends object> extends DataHandle<Data> implements AnonymousSession<Data> {
  readonly kind = "anonymous";
  readonly userId = null;
  readonly because: RefusalReason;
  readonly #state: HandleState;

  constructor(because: RefusalReason, state: HandleState, visit: Visit<Data>) {
    super(state, visit);
    this.because = because;
    this.#state = state;
  }

  get id(): SessionId | null {
    return this.#state.held?.loaded.row.id ?? null;
  }
}

class AuthenticatedHandle<Data extends object> extends DataHandle<Data> implements AuthenticatedSession<Data> {
  readonly kind = "authenticated";
  readonly #state: SignedInState;
  readonly #visit: Visit<Data>;

  constructor(state: SignedInState, visit: Visit<Data>) {
    super(state, visit);
    this.#state = state;
    this.#visit = visit;
  }

  get #record(): SessionRecord {
    return this.#state.held.loaded.record;
  }

  get id(): SessionId {
    return this.#state.held.loaded.row.id;
  }

  get userId(): UserId {
    return this.#state.held.loaded.row.userId as UserId;
  }

  get level(): AssuranceLevel {
    return this.#state.rights.level as AssuranceLevel;
  }

  get authenticatedAt(): number {
    return this.#record.startedAt;
  }

  get endsAt(): Deadlines {
    return deadlines(this.#record, this.#visit.engine.rules);
  }

  isFresh(need: Freshness): boolean {
    const checked = checkedNeed(need, "isFresh");
    return this.#state.spent === null && hasProved(this.#state.rights, checked, this.#visit.engine.clock.now());
  }

  async elevate(level: AssuranceLevel): Promise<void> {
    assertLevel(level, "elevate(level)");
    await replaceSecret(
      "elevated",
      (record) => proved(record, level, this.#visit.engine.clock.now()),
      this.#state,
      this.#visit,
    );
    this.#reportPrivileges("elevate");
  }

  async privilegesChanged(): Promise<void> {
    await replaceSecret("privileges-changed", (record) => record, this.#state, this.#visit);
    this.#reportPrivileges("session");
  }

  async endOthers({ within = "5m" }: { readonly within?: Freshness["within"] } = {}): Promise<number> {
    assertUsable(this.#state);
    if (!this.isFresh({ within })) {
      throw new SojournError(
        "ERR_SESSION_NOT_FRESH",
        `Ending other sessions needs a proof of identity within ${within}`,
      );
    }
    // The own secret first: a copy that was replaced meanwhile is refused here, before it can end anybody.
    await replaceSecret("ended-others", (record) => record, this.#state, this.#visit);
    return revokeSessions({ userId: this.userId, except: this.id, reason: "ended-others" }, this.#visit.engine);
  }

  #reportPrivileges(by: "elevate" | "session"): void {
    const about = { sessionId: this.id, userId: this.userId };
    this.#visit.engine.emit({ type: "privilege_permissions_changed", severity: "info", by, ...about });
  }
}

class LockedHandle<Data extends object> extends Handle<Data> implements LockedSession<Data> {
  readonly kind = "locked";
  readonly #state: SignedInState;
  readonly #visit: Visit<Data>;

  constructor(state: SignedInState, visit: Visit<Data>) {
    super(state, visit);
    this.#state = state;
    this.#visit = visit;
  }

  get id(): SessionId {
    return this.#state.held.loaded.row.id;
  }

  get userId(): UserId {
    return this.#state.held.loaded.row.userId as UserId;
  }

  get endsAt(): { readonly absolute: number } {
    return { absolute: deadlines(this.#state.held.loaded.record, this.#visit.engine.rules).absolute };
  }

  async unlock({ userId, level }: { userId: UserId; level: AssuranceLevel }): Promise<AuthenticatedSession<Data>> {
    assertLevel(level, "unlock({ level })");
    if (userId !== this.userId) {
      throw new SojournError(
        "ERR_SESSION_OTHER_USER",
        "A locked session can only be unlocked by its own user: end it first",
      );
    }
    const held = await replaceSecret(
      "unlocked",
      (record) => proved(record, level, this.#visit.engine.clock.now()),
      this.#state,
      this.#visit,
    );
    this.#state.spent = new SojournError(
      "ERR_SESSION_SUPERSEDED",
      "This session was unlocked: use the one that returned",
    );
    const session = new AuthenticatedHandle<Data>(freshState(held), this.#visit);
    this.#visit.replaced(session);
    return session;
  }
}

/** A visitor nobody is logged in as, with or without something stored. */
export function anonymous<Data extends object>(held: Held | null, visit: Visit<Data>): AnonymousSession<Data> {
  return new AnonymousHandle<Data>(
    "none",
    { held, refused: null, rights: null, drawn: null, creation: null, spent: null },
    visit,
  );
}

/** A visitor whose token was refused. */
export function refused<Data extends object>(refusal: Refused, visit: Visit<Data>): AnonymousSession<Data> {
  return new AnonymousHandle<Data>(
    refusal.because,
    { held: null, refused: refusal, rights: null, drawn: null, creation: null, spent: null },
    visit,
  );
}

export function authenticated<Data extends object>(held: Held, visit: Visit<Data>): AuthenticatedSession<Data> {
  return new AuthenticatedHandle<Data>(freshState(held), visit);
}

export function locked<Data extends object>(held: Held, visit: Visit<Data>): LockedSession<Data> {
  return new LockedHandle<Data>(freshState(held), visit);
}

function freshState(held: Held): SignedInState {
  return { held, refused: null, rights: held.loaded.record, drawn: null, creation: null, spent: null };
}
