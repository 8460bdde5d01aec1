import { SojournError } from "../../src/core/errors.ts";
import { type Deadlines, type Errand, longestWaitFor } from "./waits.ts";

type Code = SojournError["code"];

/** What a store that fails is reported as. */
const failures: ReadonlySet<Code> = new Set([
  "ERR_STORE_UNAVAILABLE",
  "ERR_STORE_UNCONFIRMED",
  "ERR_SESSION_OUTCOME_UNKNOWN",
]);

/** What others who use the same session make of it. */
const outcomes: ReadonlySet<Code> = new Set(["ERR_SESSION_CONTENTION", "ERR_SESSION_ENDED", "ERR_SESSION_SUPERSEDED"]);

/** Added to what the engine promises: two processors have servers, clients and the checker to serve. */
const margin = 750;
const patience = 20_000;

/** Measures how long callers wait, and notes what they must never meet: a hang, or an error that says nothing. */
export class Timekeeper {
  /** Milliseconds, of the caller who waited longest. */
  longest = 0;
  asked = 0;
  /** How many were told that the store failed, or that it cannot be told what became of it. */
  failed = 0;
  readonly complaints: string[] = [];
  readonly #deadlines: Deadlines;
  readonly #sessionsOfUser: number;
  /** Removals that nobody confirmed: until they are tried again, a user's index names them beside the sessions that stand. */
  #unconfirmed = 0;

  constructor(deadlines: Deadlines, sessionsOfUser: number) {
    this.#deadlines = deadlines;
    this.#sessionsOfUser = sessionsOfUser;
  }

  async ask<Value>(
    errand: Errand,
    work: () => Promise<Value>,
  ): Promise<{ readonly value: Value } | { readonly failure: SojournError }> {
    this.asked++;
    const start = performance.now();
    try {
      return { value: await this.#orHangs(errand, work()) };
    } catch (error) {
      const failure = this.#judged(errand, error);
      if (!outcomes.has(failure.code)) this.failed++;
      if (failure.code === "ERR_STORE_UNCONFIRMED") this.#unconfirmed++;
      return { failure };
    } finally {
      this.#note(errand, performance.now() - start);
    }
  }

  #judged(errand: Errand, error: unknown): SojournError {
    if (error instanceof SojournError && (failures.has(error.code) || outcomes.has(error.code))) return error;
    const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.complaints.push(`${errand} failed with something else than a store's failure: ${told}`);
    return new SojournError("ERR_SESSION_OUTCOME_UNKNOWN", told, { cause: error });
  }

  #note(errand: Errand, took: number): void {
    this.longest = Math.max(this.longest, took);
    const allowed = longestWaitFor(errand, this.#deadlines, this.#sessionsOfUser + this.#unconfirmed) + margin;
    if (took <= allowed) return;
    this.complaints.push(`${errand} took ${Math.round(took)} ms; by its deadlines it may take ${allowed} ms`);
  }

  #orHangs<Value>(errand: Errand, work: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${errand} hangs: no answer in ${patience} ms`)), patience);
      work.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }
}
