import type { SessionToken } from "../core/ids.ts";
import type { Carried } from "./signed-cookie.ts";

/** The token of the session that a request would start: drawn before it is stored, since the application asks for its id. */
export class NextToken {
  readonly #draw: () => Carried;
  #next: Carried | null = null;
  #used: Carried | null = null;

  constructor(draw: () => Carried) {
    this.#draw = draw;
  }

  /** Forgets the one that was drawn, and draws another. */
  anew(): Carried {
    this.#next = this.#draw();
    return this.#next;
  }

  /** The one that is being stored at this moment, or the next one. */
  get current(): Carried {
    return this.#used ?? this.#next ?? this.anew();
  }

  /** Hands the next one out: each one once. */
  use(): SessionToken {
    this.#used = this.#next ?? this.#draw();
    this.#next = null;
    return this.#used.token;
  }

  /** The one that was stored last, told once; `null`: none was since. */
  settled(): Carried | null {
    const used = this.#used;
    this.#used = null;
    return used;
  }
}
