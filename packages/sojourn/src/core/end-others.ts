import type { Duration } from "./duration.ts";
import { SojournError } from "./errors.ts";
import { checkedNeed, hasProved } from "./proofs.ts";
import { replaceSecret } from "./replace-secret.ts";
import { revokeSessions } from "./revoke.ts";
import { assertUsable, type SignedInState, type Visit } from "./visit.ts";

/** Ends the other sessions of a user who has proved who they are within `within`; how many. As `endOthers` of a session says. */
export async function endOthers<Data extends object>(
  within: Duration,
  state: SignedInState,
  visit: Visit<Data>,
): Promise<number> {
  const { engine } = visit;
  const reason = "ended-others";
  assertUsable(state);
  if (!hasProved(state.rights, checkedNeed({ within }, "endOthers"), engine.clock.now())) {
    throw new SojournError("ERR_SESSION_NOT_FRESH", `Ending other sessions needs a proof of identity within ${within}`);
  }
  // The own secret first: a copy that was replaced meanwhile is refused here, before it can end anybody.
  await replaceSecret(reason, (record) => record, state, visit);
  const { id, userId } = state.held.loaded.row;
  return revokeSessions({ userId: userId as string, except: (other) => other === id, reason }, engine);
}
