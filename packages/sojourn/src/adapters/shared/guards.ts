import { checkedNeed } from "../../core/proofs.ts";
import type { Freshness, Session } from "../../core/session.ts";
import { requireBound } from "../../step-up/require-bound.ts";
import { requireFresh } from "../../step-up/require-fresh.ts";
import { requireUser } from "../../step-up/require-user.ts";
import { checkedGuard, type GuardOptions, type Refusal } from "./turn-away.ts";

/** The guards of an adapter; `Guard` is what its framework calls before a route. */
export interface Guards<Guard> {
  /** Lets only logged-in users pass. */
  requireUser(options: GuardOptions): Guard;
  /** Lets only users pass who have proved who they are recently enough (ASVS 7.5.1 to 7.5.3). */
  requireFresh(need: Freshness & GuardOptions): Guard;
  /** Lets only requests pass that prove the device their session is bound to. */
  requireBound(options: GuardOptions): Guard;
}

/** What a guard asks of a request's session. */
export type Ask = <Data extends object>(session: Session<Data>) => { readonly met: true } | Refusal;

/** Guards that `make` builds. Wrong options are errors here, not at the first visitor. */
export function guards<Guard>(make: (ask: Ask, options: GuardOptions) => Guard): Guards<Guard> {
  return {
    requireBound: (options) => make(requireBound, checkedGuard(options, "requireBound", ["at"])),
    requireUser: (options) => make(requireUser, checkedGuard(options, "requireUser", ["at"])),
    requireFresh(options) {
      const { at, ...need } = checkedGuard(options, "requireFresh", ["at", "within", "level"]);
      checkedNeed(need, "requireFresh");
      return make((session) => requireFresh(session, need), { at });
    },
  };
}
