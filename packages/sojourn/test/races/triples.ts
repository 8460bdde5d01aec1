import { selections } from "./combinations.ts";
import { limitedLogin, signedInPrograms, visitorPrograms } from "./programs.ts";

/**
 * All triples of programs. A login under a limit reads every session of its user, twice, and at the same time: the triples
 * in which two such logins meet have more states than all others together, and are searched by `npm run test:long`.
 */
export function triplesOf(where: "signed in" | "visitor") {
  const all = selections(where === "visitor" ? visitorPrograms : signedInPrograms, 3);
  const isLong = (programs: (typeof all)[number]) => programs.filter((each) => each === limitedLogin).length > 1;
  return { shortest: all.filter((each) => !isLong(each)), longest: all.filter(isLong) };
}
