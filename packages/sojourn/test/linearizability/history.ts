import type { Act, Operation } from "./operation.ts";

/** A session somebody logged in to during the run. */
export interface KnownSession {
  readonly id: string;
  readonly user: string;
  readonly askedFor: number;
  readonly answered: number;
  /** The newest token a client was handed. */
  token: string;
  /** When a client first had reason to believe that it is over; `null` while nobody has. */
  overSince: number | null;
}

/** Something asked about all sessions of a user at once. */
interface Sweeping {
  readonly client: string;
  readonly user: string;
  readonly asked: number;
  readonly answered: number;
  /** What it means for one session that was there before it was asked. */
  actOn(session: KnownSession): Act;
  /** Whether it was done to the end, so that each such session was reached. */
  readonly isComplete: boolean;
}

/** What was answered before `since` had reached every replica by then. */
interface Failover {
  readonly asked: number;
  readonly latest: number;
  readonly since: number;
}

/** For how long, in numbers of the sequence, a session that is over is looked for in lists. */
const afterlife = 4_000;

/** Everything that was asked and answered during a run. */
export class History {
  readonly sessions: KnownSession[] = [];
  readonly #operations = new Map<string, Operation[]>();
  readonly #sweepings: Sweeping[] = [];
  readonly #failovers: Failover[] = [];
  /** By number of the sequence, when it was given out. */
  readonly #moments: number[] = [0];

  /** The next number of the sequence. */
  next(): number {
    return this.#moments.push(performance.now()) - 1;
  }

  add(session: KnownSession, operation: Omit<Operation, "session">): void {
    this.#operations.get(session.id)?.push({ ...operation, session: session.id });
  }

  addSession(session: KnownSession): void {
    this.sessions.push(session);
    this.#operations.set(session.id, []);
  }

  addSweeping(sweeping: Sweeping): void {
    this.#sweepings.push(sweeping);
  }

  /**
   * A server was replaced at some moment between these two, by one that may have been `lag` milliseconds behind.
   * `"unsaid"`: by itself after a crash, without what it had acknowledged to nobody.
   */
  addFailover({ asked, latest, lag }: Omit<Failover, "since"> & { readonly lag: number | "unsaid" }): void {
    const moment = lag === "unsaid" ? Number.POSITIVE_INFINITY : this.#moments[asked]! - lag;
    const since = lag === "unsaid" ? moment : this.#moments.findLastIndex((at) => at < moment);
    this.#failovers.push({ asked, latest, since });
  }

  /** The operations of each session. */
  bySession(): readonly (readonly Operation[])[] {
    return this.sessions.map((session) => [
      ...(this.#operations.get(session.id) ?? []),
      ...this.#sweepings.flatMap((sweeping) => partFor(session, sweeping, this.#failovers)),
      ...this.#failovers
        .filter(({ latest }) => session.askedFor < latest)
        .map(({ asked, latest, since }) => ({
          client: "servers",
          session: session.id,
          asked,
          latest,
          answered: null,
          act: { do: "fail over", since } as const,
        })),
    ]);
  }
}

function partFor(session: KnownSession, sweeping: Sweeping, failovers: readonly Failover[]): readonly Operation[] {
  const { client, user, asked, answered, isComplete } = sweeping;
  if (session.user !== user || session.askedFor > answered) return [];
  const act = sweeping.actOn(session);
  if (act.do === "list" && session.overSince !== null && session.overSince + afterlife < asked) return [];
  // An index lives on another server than its rows: a failover there may lose an entry that was just made.
  const mayBeUnlisted = failovers.some(({ since, asked: at }) => session.answered >= since && at < answered);
  if (act.do === "list" && !act.answer && mayBeUnlisted) return [];
  // Only looking is true of every session; of one that was being made at the time, nobody need have been told to remove it.
  const isBound = act.do === "list" || (isComplete && session.answered < asked && !mayBeUnlisted);
  return [
    { client, session: session.id, asked, answered: isBound ? answered : null, act: isBound ? act : unsaid(act) },
  ];
}

/** The same act when nobody knows what became of it. */
function unsaid(act: Act): Act {
  return act.do === "remove" ? { ...act, answer: null } : act;
}
