import { presentedBy } from "./assess.ts";
import { drawOffer, sendOffer, withOffer } from "./binding-offer.ts";
import { commit } from "./commit.ts";
import { SojournError } from "./errors.ts";
import type { RenewalCause } from "./events.ts";
import { issue } from "./issue.ts";
import { judge } from "./judge.ts";
import { assertNoLock } from "./lock.ts";
import type { SessionRecord } from "./record.ts";
import { isAccepted, type Presented, replaced, standingOf } from "./renewal.ts";
import { redrawn, secretHash } from "./token.ts";
import { assertUsable, assertWritable, type HandleState, type Held, type Visit } from "./visit.ts";

/**
 * Applies `change` together with a newly drawn secret that is in force at once. Each run judges the secret of this request
 * against the row as it is then: a copy that was itself replaced changes nothing.
 *
 * Throws `ERR_SESSION_SUPERSEDED`, `ERR_SESSION_ENDED`, `ERR_RESPONSE_SENT`, and as `commit` does.
 */
export async function replaceSecret<Data extends object>(
  cause: RenewalCause,
  change: (record: SessionRecord) => SessionRecord,
  state: HandleState,
  visit: Visit<Data>,
): Promise<Held> {
  assertUsable(state);
  assertWritable(visit.sink);
  const { engine } = visit;
  const held = state.held as Held;
  const presented = presentedBy(held.token);
  const token = redrawn(held.token, engine.random);
  const hash = secretHash(token);
  // Somebody has just proved who they are: a session without a device may get one.
  const offer = cause === "elevated" || cause === "unlocked" ? drawOffer(visit) : null;
  state.drawn = token;
  const { loaded } = await commit(
    held.loaded,
    (record) => {
      const now = engine.clock.now();
      assertInForce(record, presented, visit);
      if (cause !== "unlocked") assertNoLock(record);
      return { record: replaced(withOffer(change(record), offer), hash, now, engine.rules), result: null };
    },
    engine,
  );
  state.held = { ...held, loaded, token };
  state.rights = loaded.record;
  issue(token, loaded.record, visit);
  sendOffer(offer, loaded.record, visit);
  const { id: sessionId, userId } = loaded.row;
  engine.emit({ type: "session_renewed", severity: "info", cause, sessionId, userId });
  return state.held;
}

/** Throws unless a request with this secret would be served now: whatever it began with, its power is that of now. */
function assertInForce<Data extends object>(
  record: SessionRecord,
  presented: Presented,
  { engine }: Visit<Data>,
): void {
  const now = engine.clock.now();
  const judgement = judge(record, now, engine.rules);
  if (judgement === "idle" || judgement === "absolute") {
    throw new SojournError("ERR_SESSION_ENDED", `The session's ${judgement} timeout has passed`);
  }
  if (record.sealed || !isAccepted(standingOf(presented, record, now, engine.rules))) {
    throw new SojournError("ERR_SESSION_SUPERSEDED", "This request's secret was replaced while it was at work");
  }
}
