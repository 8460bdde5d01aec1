import { absent, after, type ModelState } from "./model.ts";
import type { Operation } from "./operation.ts";

/*
 * Is there an order of a session's operations, each taking effect at one moment between its question and its answer, in
 * which every answer is the one the model gives? The search of Wing and Gong, with Lowe's memory of where it has been.
 * An operation whose outcome is unknown may be put anywhere after its question, or left out.
 */

export type Verdict =
  /** `order`: one that explains every answer; `undone`: the least that failovers must have undone for that. */
  | { readonly isExplained: true; readonly order: readonly Operation[]; readonly undone: Allowance }
  /** `stuck`: the operations none of which could come next where the search came furthest, and the state it was in. */
  | { readonly isExplained: false; readonly stuck: readonly Operation[]; readonly state: ModelState };

const stepsAtMost = 5_000_000;

/** What a failover may have undone, from the least that could explain a history to the most: a removal somebody was told of. */
const allowances = ["nothing", "write", "removal"] as const;
type Allowance = (typeof allowances)[number];

/** Checks the operations of one session. */
export function check(history: readonly Operation[]): Verdict {
  const byQuestion = history.toSorted((a, b) => a.asked - b.asked);
  const hasFailover = history.some(({ act }) => act.do === "fail over");
  let search = new Search([], "nothing");
  for (const undone of hasFailover ? allowances : (["nothing"] as const)) {
    search = new Search(byQuestion, undone);
    if (search.explains(absent, 0)) return { isExplained: true, order: search.order, undone };
  }
  return { isExplained: false, stuck: search.stuck, state: search.stuckIn };
}

class Search {
  readonly order: Operation[] = [];
  stuck: readonly Operation[] = [];
  stuckIn: ModelState = absent;
  readonly #answered: readonly Operation[];
  readonly #open: readonly Operation[];
  readonly #done = new Set<Operation>();
  readonly #seen = new Set<string>();
  readonly #names: StateNames;
  readonly #allowance: Allowance;
  #furthest = -1;
  #steps = 0;

  constructor(byQuestion: readonly Operation[], allowance: Allowance) {
    this.#allowance = allowance;
    this.#answered = byQuestion.filter(({ answered }) => answered !== null);
    const open = byQuestion.filter(({ answered }) => answered === null);
    const failovers = allowance === "nothing" ? [] : open.filter(({ act }) => act.do === "fail over");
    this.#open = [...open.filter(({ act }) => act.do !== "fail over"), ...failovers];
    this.#names = new StateNames({ withPast: failovers.length > 0 });
  }

  /** `first`: all answered operations before this one are in the order. */
  explains(state: ModelState, first: number): boolean {
    let at = first;
    while (at < this.#answered.length && this.#done.has(this.#answered[at]!)) at++;
    if (at === this.#answered.length) return true;
    const place = this.#place(state, at);
    if (this.#seen.has(place)) return false;
    this.#seen.add(place);
    if (++this.#steps > stepsAtMost) throw new Error("This history is too hard to check: too much of it is unknown");

    const candidates = this.#candidates(at);
    for (const operation of candidates) {
      for (const next of after(state, operation)) {
        // What is open and changes nothing explains nothing.
        if (operation.answered === null && next === state) continue;
        if (operation.act.do === "fail over" && !this.#allows(state, next)) continue;
        this.#done.add(operation);
        this.order.push(operation);
        if (this.explains(next, at)) return true;
        this.order.pop();
        this.#done.delete(operation);
      }
    }
    this.#remember(state, candidates);
    return false;
  }

  /** What may come next: nothing that was asked after another one, still to come, was answered. */
  #candidates(at: number): readonly Operation[] {
    let bound = Number.POSITIVE_INFINITY;
    const candidates: Operation[] = [];
    for (let index = at; index < this.#answered.length; index++) {
      const operation = this.#answered[index]!;
      if (operation.asked > bound) break;
      if (this.#done.has(operation)) continue;
      candidates.push(operation);
      bound = Math.min(bound, operation.answered ?? bound);
    }
    const lastAsked = Math.max(...this.order.map(({ asked }) => asked));
    const open = this.#open.filter(
      (operation) =>
        operation.asked < bound && !this.#done.has(operation) && lastAsked <= (operation.latest ?? lastAsked),
    );
    return [...candidates.filter(({ asked }) => asked < bound), ...open];
  }

  #place(state: ModelState, at: number): string {
    const beyond: number[] = [];
    const until = this.#answered[at]!.answered ?? 0;
    for (let index = at + 1; index < this.#answered.length; index++) {
      if (this.#answered[index]!.asked > until) break;
      if (this.#done.has(this.#answered[index]!)) beyond.push(index);
    }
    const open = this.#open.flatMap((operation, index) => (this.#done.has(operation) ? [index] : []));
    return `${at}|${beyond}|${open}|${this.#names.nameOf(state)}`;
  }

  #allows(before: ModelState, after: ModelState): boolean {
    return this.#allowance === "removal" || before.removal !== "told" || after.phase !== "standing";
  }

  #remember(state: ModelState, candidates: readonly Operation[]): void {
    if (this.order.length <= this.#furthest) return;
    this.#furthest = this.order.length;
    this.stuck = candidates.filter(({ answered }) => answered !== null);
    this.stuckIn = state;
  }
}

/** Short names for states: two have the same if nothing that can still happen tells them apart. */
class StateNames {
  readonly #known = new Map<string, number>();
  readonly #names = new WeakMap<ModelState, number>();
  readonly #withPast: boolean;

  /** `withPast`: what a state was before matters, because a failover may bring it back. */
  constructor({ withPast }: { readonly withPast: boolean }) {
    this.#withPast = withPast;
  }

  nameOf(state: ModelState): number {
    const known = this.#names.get(state);
    if (known !== undefined) return known;
    const before = state.before === null || !this.#withPast ? "" : this.nameOf(state.before);
    const text = `${before}|${state.phase}|${state.value}|${state.ticket}|${state.token}|${state.removal}|${this.#withPast ? state.changedAt : ""}`;
    const name = this.#known.get(text) ?? this.#known.size;
    this.#known.set(text, name);
    this.#names.set(state, name);
    return name;
  }
}
