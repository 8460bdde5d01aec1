import { check } from "./check.ts";
import { type Operation, onlyLooks } from "./operation.ts";

/**
 * The part of an unexplained history that a person needs to see. Only such steps are taken as keep an explained history
 * explained, so what is left is wrong by itself: the history is cut off after an answer, operations that only look are left
 * out, and what an operation was told is forgotten.
 */
export function shrunk(history: readonly Operation[]): readonly Operation[] {
  let kept = shortestPrefix(history);
  for (const operation of kept.toReversed()) {
    if (!onlyLooks(operation)) continue;
    const without = kept.filter((other) => other !== operation);
    if (isWrong(without)) kept = without;
  }
  for (const operation of kept) {
    if (operation.answered === null) continue;
    const forgotten: Operation = { ...operation, answered: null };
    const relaxed = kept.map((other) => (other === operation ? forgotten : other));
    if (isWrong(relaxed)) kept = relaxed;
  }
  return kept;
}

/** The operations that are still needed with their answers. */
export function essence(history: readonly Operation[]): readonly Operation[] {
  return shrunk(history)
    .filter(({ answered }) => answered !== null)
    .toSorted((a, b) => a.asked - b.asked);
}

function shortestPrefix(history: readonly Operation[]): readonly Operation[] {
  const answers = history.flatMap(({ answered }) => answered ?? []).toSorted((a, b) => a - b);
  let [right, wrong] = [-1, answers.length - 1];
  while (wrong - right > 1) {
    const middle = Math.floor((right + wrong) / 2);
    if (isWrong(until(answers[middle]!, history))) wrong = middle;
    else right = middle;
  }
  return until(answers[wrong]!, history);
}

/** What was known at that moment: what was not answered yet may still become anything. */
function until(moment: number, history: readonly Operation[]): readonly Operation[] {
  return history
    .filter(({ asked }) => asked < moment)
    .map((operation) => ((operation.answered ?? 0) > moment ? { ...operation, answered: null } : operation));
}

function isWrong(history: readonly Operation[]): boolean {
  return !check(history).isExplained;
}
