import { selections } from "./combinations.ts";
import type { Program } from "./explorer/actor.ts";
import { limitedLogin, signedInPrograms, visitorPrograms } from "./programs.ts";

export interface Triples {
  /** Without two logins under a limit: `npm test` searches them. */
  readonly shorter: readonly (readonly Program[])[];
  /**
   * With two or three of them. Such a login reads every session of its user, twice and all at the same time, so these few
   * have more states than all the others together: `npm run test:long` searches them.
   */
  readonly longer: readonly (readonly Program[])[];
}

/** All triples of programs. */
export function triplesOf(where: "signed in" | "visitor"): Triples {
  const all = selections(where === "visitor" ? visitorPrograms : signedInPrograms, 3);
  const isLonger = (programs: readonly Program[]) => limitedLoginsIn(programs) > 1;
  return { shorter: all.filter((each) => !isLonger(each)), longer: all.filter(isLonger) };
}

export function limitedLoginsIn(programs: readonly Program[]): number {
  return programs.filter((each) => each === limitedLogin).length;
}
