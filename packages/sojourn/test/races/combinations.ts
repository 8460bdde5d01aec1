import type { Program } from "./explorer/actor.ts";
import { judgeEnding } from "./explorer/ending.ts";
import { scheduleText } from "./explorer/print.ts";
import { explore, type Findings, type Witness } from "./explorer/search.ts";
import { oneTable, type StoreModel } from "./explorer/shelf.ts";
import { pendingThief, signedInPrograms, visitorPrograms } from "./programs.ts";
import { longAway, names, startOf } from "./starts.ts";

export interface Meeting {
  readonly programs: readonly Program[];
  readonly where: "signed in" | "visitor";
  /** How many answers may be lost. */
  readonly lost: 0 | 1;
  readonly model: StoreModel;
  /** Default `true`. `false`: the full search, to compare with. */
  readonly reduced?: boolean;
  readonly witness?: Witness;
}

/** Every selection of `size` of the programs, in any number of copies. */
export function selections(programs: readonly Program[], size: number): readonly (readonly Program[])[] {
  if (size === 0) return [[]];
  return programs.flatMap((first, at) => selections(programs.slice(at), size - 1).map((rest) => [first, ...rest]));
}

/** All pairs and all triples of the programs that can meet there. */
export const pairsOf = (where: Meeting["where"]) => selections(casts[where], 2);
export const triplesOf = (where: Meeting["where"]) => selections(casts[where], 3);
const casts = { "signed in": signedInPrograms, visitor: visitorPrograms };

/** Every schedule of one meeting. */
export function meet({ programs, where, lost, model, reduced = true, witness }: Meeting): Promise<Findings> {
  const world = programs.includes(pendingThief) ? "a new secret handed out" : where;
  const { state, ...facts } = startOf(world, lost);
  const judgeEnd = judgeEnding({ ...facts, startRows: state.shelf.rows });
  return explore({ programs, model, longAway, reduced, start: state, judgeEnd, ...(witness && { witness }) });
}

export interface MeetingClass extends Omit<Meeting, "programs"> {
  readonly selections: readonly (readonly Program[])[];
}

/** Every schedule of every selection; prints how many there were, and the first bad schedules. Returns those. */
export async function meetAll(title: string, { selections, ...meeting }: MeetingClass): Promise<readonly string[]> {
  const start = performance.now();
  const bad: string[] = [];
  let states = 0;
  let schedules = 0n;
  let badSchedules = 0;
  for (const programs of selections) {
    const found = await meet({ programs, ...meeting });
    states += found.states;
    schedules += found.schedules;
    badSchedules += found.bad.length;
    const [first] = found.bad;
    if (first) bad.push(scheduleText(first, names));
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const counted = `${selections.length} combinations, ${states} states, ${schedules} schedules`;
  const where = `${meeting.where}, ${meeting.model.name}${meeting.lost > 0 ? ", one lost answer" : ""}`;
  console.log(`${title} (${where}): ${counted}, ${badSchedules} bad, ${seconds} s`);
  return bad.slice(0, 3);
}

/** The shortest schedule of a meeting that breaks `promise`, as a person reads it. */
export async function badScheduleOf(
  meeting: Partial<Meeting> & Pick<Meeting, "programs">,
  promise: RegExp,
): Promise<string> {
  const { bad } = await meet({ where: "signed in", lost: 0, model: oneTable, ...meeting });
  const broken = bad.filter(({ violated }) => promise.test(violated));
  const [shortest] = broken.toSorted((a, b) => a.steps.length - b.steps.length);
  return shortest ? scheduleText(shortest, names) : "no bad schedule";
}
