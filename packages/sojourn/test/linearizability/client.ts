import type { SojournError } from "../../src/core/errors.ts";
import type { SessionId } from "../../src/core/ids.ts";
import type { AuthenticatedSession } from "../../src/core/session.ts";
import type { SessionManager } from "../../src/manager.ts";
import { Visitor } from "../support/visitor.ts";
import type { History, KnownSession } from "./history.ts";
import type { Act, Refusal } from "./operation.ts";
import type { Choices } from "./random.ts";
import type { Timekeeper } from "./timekeeper.ts";
import type { WatchedStore } from "./watched-store.ts";

export interface SessionData {
  value: string;
  ticket: string;
}

/** What the clients of a run share. */
export interface Scene {
  readonly history: History;
  readonly time: Timekeeper;
  readonly users: readonly string[];
  /** How many sessions the clients try to have at a time. */
  readonly crowd: number;
  readonly removalsAreFinal: boolean;
}

interface Parts {
  readonly name: string;
  readonly manager: SessionManager<SessionData>;
  readonly watched: WatchedStore;
  readonly choices: Choices;
  readonly scene: Scene;
}

/** A handle that a client got from opening a session. */
interface Opened {
  readonly known: KnownSession;
  /** What it presents: the token it came with, or the one it was renewed to. */
  token: string;
  readonly visitor: Visitor<SessionData>;
  readonly session: AuthenticatedSession<SessionData>;
  /** When it last asked the store: what it says without asking is what was so then. */
  lookedAt: number;
}

const cookie = "__Host-Http-id";

/** Somebody who does one thing after another, on sessions that others use at the same time. */
export class Client {
  readonly #name: string;
  readonly #manager: SessionManager<SessionData>;
  readonly #watched: WatchedStore;
  readonly #choices: Choices;
  readonly #scene: Scene;
  /** A handle kept from an earlier request: its writes come late. */
  #kept: Opened | null = null;
  #writes = 0;

  constructor({ name, manager, watched, choices, scene }: Parts) {
    this.#name = name;
    this.#manager = manager;
    this.#watched = watched;
    this.#choices = choices;
    this.#scene = scene;
  }

  /** Does one thing. */
  async act(): Promise<void> {
    const { history, crowd, users } = this.#scene;
    const standing = history.sessions.slice(-200).filter(({ overSince }) => overSince === null);
    if (standing.length < crowd && (standing.length === 0 || this.#choices.share() < 0.3)) return this.#logIn();
    const chance = this.#choices.share();
    if (chance < 0.003) return this.#revokeAll(this.#choices.one(users));
    if (chance < 0.03) return this.#list(this.#choices.one(users));
    if (chance < 0.1) return void (await this.open(this.#oneThatIsOver() ?? this.#choices.one(standing)));
    const known = this.#choices.one(standing);
    if (chance < 0.115) return this.#revoke(known);
    const opened = this.#kept && chance > 0.8 ? this.#kept : await this.open(known);
    if (opened === null) return;
    this.#kept = opened;
    await this.#use(opened, this.#choices.share());
  }

  /** Opens a session, as a request with its newest token does. */
  async open(known: KnownSession): Promise<Opened | null> {
    const { token } = known;
    const visitor = new Visitor(this.#manager, new Map([[cookie, token]]));
    const asked = this.#scene.history.next();
    const outcome = await this.#ask("open", () => visitor.open());
    if ("failure" in outcome) return null;
    const session = outcome.value;
    const isSignedIn = session.kind === "authenticated";
    const answer = isSignedIn
      ? { value: session.data.value ?? "", ticket: session.data.ticket ?? null }
      : { refused: session.kind === "anonymous" ? session.because : session.kind };
    const answered = this.#add(known, asked, { do: "open", token, answer });
    if (isSignedIn) return { known, token, visitor, session, lookedAt: asked };
    // Refused for a token that another client has renewed meanwhile, the session stands.
    if (known.token === token) known.overSince ??= answered;
    return null;
  }

  #use(opened: Opened, chance: number): Promise<void> {
    const isFresh = opened === this.#kept;
    if (chance < 0.5) return this.#update(opened);
    if (chance < 0.8) return this.#take(opened);
    if (!isFresh) return this.#update(opened);
    if (chance < 0.9) return this.#renew(opened);
    this.#kept = null;
    if (chance < 0.93) return this.#end(opened);
    if (chance < 0.96 && opened.session.data.value) return this.#logInAgain(opened);
    return this.#update(opened);
  }

  async #logIn(): Promise<void> {
    const user = this.#choices.one(this.#scene.users);
    const visitor = new Visitor(this.#manager);
    const asked = this.#scene.history.next();
    const outcome = await this.#ask("log in", () => visitor.logIn(user));
    if ("failure" in outcome) return;
    this.#addLogin(visitor, { id: outcome.value.id, user, asked, value: "" });
  }

  async #logInAgain({ known, token, visitor, session }: Opened): Promise<void> {
    const { user } = known;
    const hadTrouble = this.#watched.watch();
    const asked = this.#scene.history.next();
    const outcome = await this.#ask("log in again", () => session.authenticate({ id: user, keep: ["value"] }));
    const about = { do: "remove", by: "login", isFinal: false, repeated: false } as const;
    if ("failure" in outcome) {
      known.overSince = this.#add(known, asked, { do: "carry", token, answer: null });
      this.#add(known, asked, { ...about, answer: null });
      return;
    }
    const { id, data } = outcome.value;
    const { value } = data;
    const answered = this.#addLogin(visitor, { id, user, asked, value: value ?? "" });
    const answer = value === undefined ? "nothing" : { value };
    this.#add(known, asked, { do: "carry", token, answer }, answered);
    if (value === undefined) {
      // Ended before it could be carried away; sealed for it perhaps, if the answer to that was lost.
      this.#add(known, asked, { do: "carry", token, answer: null });
      return;
    }
    known.overSince = answered;
    // The login stands also where the old row could not be removed: it is sealed.
    const isRemoved = !hadTrouble();
    this.#add(known, asked, { ...about, answer: isRemoved ? "done" : null }, answered);
  }

  #addLogin(
    visitor: Visitor<SessionData>,
    {
      id,
      user,
      asked,
      value,
    }: { readonly id: string; readonly user: string; readonly asked: number; readonly value: string },
  ): number {
    const { history } = this.#scene;
    const { token } = visitor;
    const answered = history.next();
    const known = { id, user, askedFor: asked, answered, token, overSince: null };
    history.addSession(known);
    this.#add(known, asked, { do: "log in", value, token }, answered);
    return answered;
  }

  async #update(opened: Opened): Promise<void> {
    const { session } = opened;
    const value = `${this.#name}.${++this.#writes}`;
    const ticket = this.#choices.share() < 0.4 ? value : null;
    let seen: string | undefined;
    const asked = this.#scene.history.next();
    const outcome = await this.#ask("update", () =>
      session.update((draft) => {
        seen = draft.value ?? "";
        draft.value = value;
        if (ticket !== null) draft.ticket = ticket;
      }),
    );
    this.#addChange(opened, { asked, outcome }, (answer) => ({
      do: "update",
      seen,
      value,
      ticket,
      answer: answer && "done",
    }));
    if ("value" in outcome) opened.lookedAt = asked;
  }

  async #take(opened: Opened): Promise<void> {
    const { session } = opened;
    const asked = this.#scene.history.next();
    const outcome = await this.#ask("take", () => session.take("ticket"));
    // Where the handle knows of no ticket, nothing is asked: that there is none was so when it last looked.
    const foundNone = "value" in outcome && outcome.value === undefined;
    this.#addChange(opened, { asked: foundNone ? opened.lookedAt : asked, outcome }, (answer) => ({
      do: "take",
      answer: answer && { ticket: answer.value ?? null },
    }));
    if ("value" in outcome && !foundNone) opened.lookedAt = asked;
  }

  async #renew(opened: Opened): Promise<void> {
    const { known, token, visitor, session } = opened;
    const asked = this.#scene.history.next();
    const outcome = await this.#ask("renew", () => session.privilegesChanged());
    // Where it is not known whether it was renewed, nobody was handed the new token.
    const to = "failure" in outcome ? `never handed out ${asked}` : visitor.token;
    this.#addChange(opened, { asked, outcome }, (answer) => ({ do: "renew", token, to, answer: answer && "done" }));
    if ("failure" in outcome) {
      this.#kept = null;
      return;
    }
    opened.token = to;
    opened.lookedAt = asked;
    known.token = to;
  }

  async #end({ known, session }: Opened): Promise<void> {
    const asked = this.#scene.history.next();
    const outcome = await this.#ask("end", () => session.end());
    const answer = "failure" in outcome ? null : "done";
    known.overSince = this.#add(known, asked, this.#removal("end", answer, false));
  }

  async #revoke(known: KnownSession): Promise<void> {
    const hadTrouble = this.#watched.watch();
    const asked = this.#scene.history.next();
    const which = { id: known.id as SessionId, of: { userId: known.user } };
    const outcome = await this.#ask("revoke", () => this.#manager.revoke(which));
    const answer = "failure" in outcome ? null : outcome.value;
    const repeated = hadTrouble();
    known.overSince = this.#add(known, asked, this.#removal("revoke", answer, repeated));
  }

  async #revokeAll(user: string): Promise<void> {
    const { history } = this.#scene;
    const asked = history.next();
    const outcome = await this.#ask("revoke-all", () => this.#manager.revokeAll(user));
    const answered = history.next();
    const act = this.#removal("revoke-all", "done", false);
    const isComplete = !("failure" in outcome);
    history.addSweeping({ client: this.#name, user, asked, answered, isComplete, actOn: () => act });
    for (const known of history.sessions.slice(-200)) {
      if (known.user === user && known.answered < asked) known.overSince ??= answered;
    }
  }

  async #list(user: string): Promise<void> {
    const { history } = this.#scene;
    const asked = history.next();
    const outcome = await this.#ask("list", () => this.#manager.list(user));
    if ("failure" in outcome) return;
    const listed = new Set<string>(outcome.value.map(({ id }) => id));
    history.addSweeping({
      client: this.#name,
      user,
      asked,
      answered: history.next(),
      isComplete: true,
      actOn: ({ id }) => ({ do: "list", answer: listed.has(id) }),
    });
  }

  #removal(by: "end" | "revoke" | "revoke-all", answer: boolean | "done" | null, repeated: boolean): Act {
    return { do: "remove", by, answer, repeated, isFinal: this.#scene.removalsAreFinal };
  }

  #oneThatIsOver(): KnownSession | undefined {
    const over = this.#scene.history.sessions.slice(-60).filter(({ overSince }) => overSince !== null);
    return over.length === 0 ? undefined : this.#choices.one(over);
  }

  #ask<Value>(errand: Parameters<Timekeeper["ask"]>[0], work: () => Promise<Value>): Promise<Outcome<Value>> {
    return this.#scene.time.ask(errand, work);
  }

  /** A change of a session, by what became of it. */
  #addChange<Value>(
    { known, lookedAt }: Opened,
    { asked, outcome }: Asked<Value>,
    act: (answer: { readonly value: Value } | null) => Act,
  ): void {
    if (!("failure" in outcome)) return void this.#add(known, asked, act(outcome));
    const { code } = outcome.failure;
    // Given up before anything of it was stored.
    if (code === "ERR_SESSION_CONTENTION") return;
    const refusal = refusals[code as keyof typeof refusals] ?? null;
    // Once superseded, superseded for ever: a handle that has seen it need not ask again.
    const since = refusal === "superseded" ? lookedAt : asked;
    const answered = this.#add(known, since, { ...act(null), answer: refusal } as Act);
    // "Ended" does not say that the change was not made before the end: its answer may have been lost on the way, and a
    // client library that sends again by itself tells nobody.
    if (refusal === "ended") this.#add(known, asked, act(null), answered);
    if (refusal === "ended") known.overSince ??= answered;
  }

  #add(known: KnownSession, asked: number, act: Act, at?: number): number {
    const now = at ?? this.#scene.history.next();
    const isKnown = !("answer" in act) || act.answer !== null;
    this.#scene.history.add(known, { client: this.#name, asked, answered: isKnown ? now : null, act });
    return now;
  }
}

const refusals: { readonly [code in SojournError["code"]]?: Refusal } = {
  ERR_SESSION_ENDED: "ended",
  ERR_SESSION_SUPERSEDED: "superseded",
};

/** A change that was asked for, and what came of it. */
interface Asked<Value> {
  readonly asked: number;
  readonly outcome: Outcome<Value>;
}

type Outcome<Value> = { readonly value: Value } | { readonly failure: SojournError };
