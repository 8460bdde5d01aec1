import type { Act, Operation } from "./operation.ts";

/**
 * A session as one who does one thing at a time would see it. Clients that act at once may be answered in any order that
 * this model allows, and in no other.
 */
export interface ModelState {
  /** `sealed`: a login carried its data away; it opens nothing any more and may be removed at any time. */
  readonly phase: "absent" | "standing" | "sealed" | "gone";
  readonly value: string;
  readonly ticket: string | null;
  /** The token in force. */
  readonly token: string;
  /** What somebody was told of its removal, once it is gone. `final`: that no failover undoes it. */
  readonly removal: "unsaid" | "told" | "final" | null;
  /** When its last change was answered; no number is later than that of one nobody was told of. */
  readonly changedAt: number;
  /** What it was before its last change: what a failover may bring back. */
  readonly before: ModelState | null;
}

export const absent: ModelState = {
  phase: "absent",
  value: "",
  ticket: null,
  token: "",
  removal: null,
  changedAt: 0,
  before: null,
};

/** The states after an operation, or none if it cannot be answered so in `state`. The same object where nothing changed. */
export function after(state: ModelState, { act, answered }: Operation): readonly ModelState[] {
  if (act.do === "fail over") return undoable(state, act.since);
  const next = step(state, act);
  if (next === null) return [];
  return [next.before === state ? { ...next, changedAt: answered ?? Number.POSITIVE_INFINITY } : next];
}

function step(state: ModelState, act: Exclude<Act, { readonly do: "fail over" }>): ModelState | null {
  const changed = (change: Partial<ModelState>): ModelState => ({ ...state, ...change, before: state });
  const isStanding = state.phase === "standing";
  const isOver = state.phase === "absent" || state.phase === "gone";
  /** Nothing is there: a sealed session was removed meanwhile by the login that sealed it. */
  const notThere = () =>
    state.phase === "sealed" ? changed({ phase: "gone", removal: "unsaid" }) : isOver ? state : null;
  const removed = (removal: "unsaid" | "told" | "final") => {
    if (state.phase !== "gone") return changed({ phase: "gone", removal });
    return rank(removal) > rank(state.removal) ? { ...state, removal } : state;
  };

  switch (act.do) {
    case "log in":
      if (state.phase !== "absent") return null;
      return changed({ phase: "standing", value: act.value, token: act.token });
    case "open":
      if ("value" in act.answer) {
        const isSame = act.answer.value === state.value && act.answer.ticket === state.ticket;
        return isStanding && act.token === state.token && isSame ? state : null;
      }
      if (act.answer.refused === "unknown") return notThere();
      if (act.answer.refused !== "superseded" || isOver) return null;
      return state.phase === "sealed" || act.token !== state.token ? state : null;
    case "update": {
      if (act.answer === "ended") return notThere();
      if (act.answer === "superseded") return state.phase === "sealed" ? state : null;
      if (!isStanding || act.seen !== state.value) return null;
      return changed({ value: act.value, ticket: act.ticket ?? state.ticket });
    }
    case "take":
      if (act.answer === "ended") return notThere();
      if (act.answer === "superseded") return state.phase === "sealed" ? state : null;
      if (!isStanding) return null;
      if (act.answer !== null && act.answer.ticket !== state.ticket) return null;
      return state.ticket === null ? state : changed({ ticket: null });
    case "renew":
      if (act.answer === "ended") return notThere();
      if (act.answer === "superseded") {
        if (isOver) return null;
        return state.phase === "sealed" || act.token !== state.token ? state : null;
      }
      return isStanding && act.token === state.token ? changed({ token: act.to }) : null;
    case "carry": {
      const canCarry = isStanding && act.token === state.token;
      if (act.answer === "nothing") return canCarry ? null : state;
      if (!canCarry || (act.answer !== null && act.answer.value !== state.value)) return null;
      return changed({ phase: "sealed" });
    }
    case "remove":
      if (act.answer === false) return notThere();
      // A call that did it found it there, unless it asked twice and met the trace of its own first call.
      if (act.answer === true && isOver && !act.repeated) return null;
      if (state.phase === "absent") return state;
      return removed(act.answer === null ? "unsaid" : act.isFinal ? "final" : "told");
    case "list":
      return act.answer === isStanding ? state : null;
  }
}

function rank(removal: ModelState["removal"]): number {
  return [null, "unsaid", "told", "final"].indexOf(removal);
}

/** What a failover may bring back: the state before changes that not every replica need have heard of. */
function undoable(state: ModelState, since: number): readonly ModelState[] {
  const found: ModelState[] = [];
  let now = state;
  while (now.before !== null && now.removal !== "final" && now.changedAt >= since) {
    found.push(now.before);
    now = now.before;
  }
  return found;
}
