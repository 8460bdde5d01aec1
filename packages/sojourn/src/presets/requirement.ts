import type { Settings } from "../core/settings.ts";

/** One line of a standard, in our own words, and how the answer to it is found. */
export type Requirement = readonly [id: string, requirement: string, decide: Decide];

/** The part of a standard that concerns sessions. */
export interface Standard {
  readonly name: string;
  readonly requirements: readonly Requirement[];
}

/** `not decided by the library`: the application, the platform or the organisation decides. */
export type Answer = "met" | "not met" | "not decided by the library";

export interface Decision {
  readonly answer: Answer;
  /** The setting or mechanism it comes from, as a sentence. */
  readonly because: string;
}

/** Pure: the same settings, the same answer. */
export type Decide = (settings: Settings) => Decision;

/** Met by construction: no setting can change it. */
export const met = (because: string): Decide => always("met", because);

/** Not met, whatever the settings. */
export const notMet = (because: string): Decide => always("not met", because);

/** The application's part; `because` names what the library offers for it. */
export const application = (because: string): Decide => always("not decided by the library", because);

/** Met, because what it speaks of is not there. */
export const doesNotApply = (because: string): Decide => always("met", `Does not apply: ${because}`);

/** One decision or the other, by a fact of the settings. */
export function when(fact: (settings: Settings) => boolean, then: Decide, otherwise: Decide): Decide {
  return (settings) => (fact(settings) ? then : otherwise)(settings);
}

/** Met, with the settings it rests on spelled out. */
export function stating(sentence: (settings: Settings) => string): Decide {
  return (settings) => ({ answer: "met", because: sentence(settings) });
}

function always(answer: Answer, because: string): Decide {
  const decision: Decision = Object.freeze({ answer, because });
  return () => decision;
}
