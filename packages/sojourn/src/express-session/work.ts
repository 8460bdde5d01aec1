import { inTurns } from "./in-turns.ts";
import type { SessionCallback } from "./session.ts";

/** What an application asks of its session in one request: done one after the other, and told by callbacks. */
export class Work {
  readonly #turns = inTurns();
  #underWay = 0;
  #failure: unknown = null;

  /** Whether something is not done yet, or has failed and nobody was told. */
  get isLeft(): boolean {
    return this.#underWay > 0 || this.#failure !== null;
  }

  async inTurn(work: () => Promise<void>): Promise<void> {
    this.#underWay++;
    try {
      await this.#turns("session", work);
    } finally {
      this.#underWay--;
    }
  }

  /** Tells `callback` when it is done. Without one, a failure is kept for `assertDone`. */
  settle(work: () => Promise<void>, callback: SessionCallback | undefined): void {
    const done = this.inTurn(async () => {
      try {
        await work();
      } catch (error) {
        // Within its turn: whoever comes next asks whether something has failed.
        if (!callback) this.#failure ??= error;
        throw error;
      }
    });
    // On a fresh stack, as stores call back: what the application throws there is its own.
    const tell = callback ?? (() => {});
    done.then(
      () => setImmediate(tell),
      (error) => setImmediate(tell, asError(error)),
    );
  }

  /** Throws what failed and nobody was told, once. */
  assertDone(): void {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
