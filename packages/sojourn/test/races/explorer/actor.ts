import type { Clock } from "../../../src/core/clock.ts";
import { createDataRules } from "../../../src/core/data.ts";
import { SojournError } from "../../../src/core/errors.ts";
import type { SessionToken } from "../../../src/core/ids.ts";
import { openSession } from "../../../src/core/open.ts";
import { defaultPolicy } from "../../../src/core/policy.ts";
import type { RandomSource } from "../../../src/core/random.ts";
import { rulesOf } from "../../../src/core/rules.ts";
import type { Session } from "../../../src/core/session.ts";
import { createStorage } from "../../../src/core/storage.ts";
import type { SessionStore, StoredSession } from "../../../src/core/store.ts";
import type { Engine } from "../../../src/core/visit.ts";
import { cookieShape } from "../../../src/http/cookie-options.ts";
import { cookieTransport } from "../../../src/http/cookie-transport.ts";
import type { Wish } from "./calls.ts";
import type { Fact } from "./facts.ts";

/** The data of every session in these searches. */
export interface Basket {
  count?: number;
  /** There is one in the world; `take` is about it. */
  gift?: string;
}

/** What a program can do to others, so that the invariants know what to expect and what to forgive. */
export interface Traits {
  /** Ends sessions, or replaces a secret at once: other requests in flight may be refused. */
  readonly disturbs?: true;
  /** Holds a copy of the honest browser's secret. */
  readonly steals?: true;
  /** Is a request of the honest browser. */
  readonly browses?: true;
  /** Carries the browser's data into a new session. */
  readonly carries?: true;
  readonly sweeps?: true;
  readonly revokesAll?: true;
  /** Locks all of the user's sessions. */
  readonly contains?: true;
  /** Undoes that. */
  readonly releases?: true;
  /** Lets time pass. */
  readonly pauses?: true;
  /** Logs in where a user may have this many sessions. */
  readonly limit?: number;
}

/** A piece of an application, or of a thief. Deterministic: what it does follows from the answers it gets. */
export interface Program {
  readonly name: string;
  readonly traits: Traits;
  /** Its client library sends every write twice, the first answer having been lost, and reports the second answer. */
  readonly resends?: true;
  run(actor: Actor): Promise<void>;
}

/** Who the program can be: a browser's request, a client with cookies of its own, or the server itself. */
export interface Actor {
  readonly engine: Engine;
  /** A request of the one honest browser, whose cookies all its tabs share. */
  browse(use?: Use, options?: { readonly activity?: boolean }): Promise<void>;
  /** A request of somebody else, who presents `token` and sees the response at once. Returns what it holds afterwards. */
  present(token: SessionToken | null, use?: Use): Promise<SessionToken | null>;
  ask(wish: Wish): Promise<unknown>;
  tell(fact: Fact): void;
}

/** What the application does with the session of a request. */
export type Use = (session: Session<Basket>, request: UsedRequest) => Promise<void>;

export interface UsedRequest {
  /** The one token it came with. */
  readonly presented: SessionToken | null;
  /** The token that its response hands out, so far. */
  readonly issued: () => SessionToken | null;
}

export interface Line {
  ask(wish: Wish): Promise<unknown>;
  tell(fact: Fact): void;
  readonly now: () => number;
  readonly random: RandomSource;
}

/* A cookie that subdomains can toss: with the default scope `host`, the browser itself refuses tossed ones. */
const shape = cookieShape({ scope: "site", domain: "shop.example" });
export const cookieName = shape.name;

/** The engine as a manager builds it, on a store and a clock that hand every step to the explorer. */
export function engineOn(line: Line, { traits: { limit }, resends }: Pick<Program, "traits" | "resends">): Engine {
  const rules = rulesOf({ ...defaultPolicy, sessionsPerUser: limit ?? "unlimited" });
  const data = createDataRules({ schema: undefined, upgrade: undefined, maxDataBytes: 4_096 });
  const clock: Clock = { now: line.now, after: backOffAtOnce };
  const store = resends ? resending(storeOn(line)) : storeOn(line);
  const parts = { store, codec: undefined, clock, rules, data };
  return {
    storage: createStorage({ ...parts, deadlines: { read: neverWithin, write: neverWithin } }),
    clock,
    random: line.random,
    rules,
    data,
    transport: cookieTransport(shape),
    credentialVersionOf: null,
    binding: null,
    emit: () => {},
    signals: null,
    liveUpgrade: null,
    patience: neverWithin,
  };
}

/** Deadlines are a step of the schedule (a lost answer), so the clock never fires one. */
const neverWithin = 3_600_000;

/** A pause between two rounds is over as soon as nothing else can run: the explorer decides when the next verb is done. */
function backOffAtOnce(milliseconds: number, action: () => void): () => void {
  let isOff = milliseconds >= neverWithin;
  queueMicrotask(() => {
    if (!isOff) action();
  });
  return () => {
    isOff = true;
  };
}

function storeOn({ ask }: Line): SessionStore {
  return {
    name: "explored",
    insert: (row) => ask({ verb: "insert", row }) as Promise<boolean>,
    find: (id) => ask({ verb: "find", id }) as Promise<StoredSession | null>,
    update: (row) => ask({ verb: "update", row }) as Promise<boolean>,
    remove: (id) => ask({ verb: "remove", id }) as Promise<boolean>,
    idsOf: (key) => ask({ verb: "idsOf", userId: (key as { userId: string }).userId }) as Promise<never>,
    removeExpired: (before, limit) => ask({ verb: "removeExpired", before, limit }) as Promise<number>,
  };
}

function resending(store: SessionStore): SessionStore {
  return {
    ...store,
    insert: (row, options) => store.insert(row, options).then(() => store.insert(row, options)),
    update: (row) => store.update(row).then(() => store.update(row)),
    remove: (id) => store.remove(id).then(() => store.remove(id)),
  };
}

export function actorOn(line: Line, program: Program): Actor {
  const engine = engineOn(line, program);

  async function request(cookie: string | null, by: "browser" | "other", use: Use, activity: boolean) {
    const { transport } = engine;
    let queued: { readonly cookie: SessionToken | null } | null = null;
    const facts = {
      method: "POST",
      url: "https://shop.example/",
      secure: true,
      header: (name: string) => (name === "cookie" ? cookie : null),
    };
    const reading = transport.read(facts);
    const presented = reading.kind === "token" ? reading.token : null;
    line.tell({ kind: "asked", token: presented, by });
    const sink = {
      writable: true,
      setCookie(name: string, text: string) {
        const value = text.slice(name.length + 1, text.indexOf(";"));
        queued = { cookie: value === "" ? null : (value as SessionToken) };
        line.tell(value === "" ? { kind: "cleared" } : { kind: "issued", token: value as SessionToken });
      },
      setHeader() {},
      setCaching() {},
    };
    const issued = () => (queued as { readonly cookie: SessionToken | null } | null)?.cookie ?? null;
    try {
      const visit = { engine, request: facts, sink, replaced() {} };
      const session = await openSession<Basket>(visit, { activity });
      const because = session.kind === "anonymous" && session.id === null ? session.because : null;
      // A locked session serves nothing.
      line.tell({ kind: "opened", id: session.kind === "locked" ? null : session.id, because });
      await use(session, { presented, issued });
    } catch (error) {
      if (!(error instanceof SojournError)) throw error;
      line.tell({ kind: "failed", code: error.code });
    }
    return queued as { readonly cookie: SessionToken | null } | null;
  }

  return {
    engine,
    ask: line.ask,
    tell: line.tell,
    async browse(use = async () => {}, { activity = true } = {}) {
      const cookie = (await line.ask({ verb: "send" })) as string | null;
      const answer = await request(cookie, "browser", use, activity);
      // A response without a cookie changes nothing anybody can see: when it arrives makes no difference.
      if (answer) await line.ask({ verb: "receive", cookie: answer.cookie });
    },
    async present(token, use = async () => {}) {
      const answer = await request(token && `${cookieName}=${token}`, "other", use, true);
      return answer ? answer.cookie : token;
    },
  };
}
