import { type Meeting, meet, pairsOf } from "./combinations.ts";
import type { Witness } from "./explorer/search.ts";
import { oneTable } from "./explorer/shelf.ts";

/** What a search finds, said so that two searches can be compared. */
interface Outcome extends Witness {
  readonly states: number;
  /** The promises that some schedule breaks. */
  readonly broken: ReadonlySet<string>;
}

async function outcomeOf(meeting: Meeting, reduced: boolean): Promise<Outcome> {
  const witness: Witness = { ends: new Set(), readings: new Set() };
  const { states, bad } = await meet({ ...meeting, reduced, witness });
  return { ...witness, states, broken: new Set(bad.map(({ violated }) => violated)) };
}

export interface Compared {
  readonly full: number;
  readonly reduced: number;
  /** How many promises are broken, over all meetings. */
  readonly broken: number;
  /** The meetings in which one search finds what the other does not. */
  readonly differing: readonly string[];
}

/** Searches all of `meetings` in full and reduced. */
export async function compareAll(meetings: readonly Meeting[]): Promise<Compared> {
  let [states, reducedStates, broken] = [0, 0, 0];
  const differing: string[] = [];
  for (const meeting of meetings) {
    const full = await outcomeOf(meeting, false);
    const reduced = await outcomeOf(meeting, true);
    states += full.states;
    reducedStates += reduced.states;
    broken += full.broken.size;
    const isSame = (["broken", "ends", "readings"] as const).every((what) => areEqual(full[what], reduced[what]));
    if (!isSame) differing.push(meeting.programs.map(({ name }) => name).join(", "));
  }
  console.log(
    `${meetings.length} meetings: ${states} states in full, ${reducedStates} reduced, ${broken} promises broken`,
  );
  return { full: states, reduced: reducedStates, broken, differing };
}

/** Every pair of programs. */
export function pairsWith(meeting: Partial<Pick<Meeting, "lost" | "model">>): readonly Meeting[] {
  return (["signed in", "visitor"] as const).flatMap((where) =>
    pairsOf(where).map((programs): Meeting => ({ programs, where, lost: 0, model: oneTable, ...meeting })),
  );
}

function areEqual(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return some.size === others.size && [...some].every((each) => others.has(each));
}
