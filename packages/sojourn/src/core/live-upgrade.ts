import type { Session } from "./session.ts";
import type { Visit } from "./visit.ts";

/** Moves sessions of another library in, one by one, as their users come back: `liveUpgrade` of `sojourn/upgrade`. */
export interface LiveUpgrade {
  /**
   * For the manager: what becomes of a request without a token. The session that took the place of an earlier one, or
   * `null` where there is none to move.
   */
  sessionFor<Data extends object>(visit: Visit<Data>): Promise<Session<Data> | null>;
}
