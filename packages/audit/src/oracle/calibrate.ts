import type { Visitor } from "../login/visitor.ts";
import type { Oracle } from "./oracle.ts";

/** One thing that must hold before any verdict is worth something. */
export interface Control {
  readonly name: string;
  /** `null` if it holds; otherwise what is wrong. */
  readonly problem: string | null;
}

const times = 3;

/** Asks as nobody, with garbage, and as each user: the answers must be what they have to be, each time. */
export async function calibrate(oracle: Oracle, { nobody, members }: Calibrating): Promise<readonly Control[]> {
  const controls: Control[] = [];
  const control = async (name: string, work: () => Promise<string | null>) => {
    const problem = await work().catch((error: Error) => error.message);
    controls.push({ name, problem });
  };
  await control("nobody is signed out", async () =>
    (await oracle.ask(nobody)).signedIn ? "without any cookie the answer says signed in" : null,
  );
  for (const member of members) {
    await control(`${member.name} is signed in, ${times} of ${times} times`, async () => {
      for (let time = 1; time <= times; time++) {
        const asked = await oracle.ask(member);
        if (!asked.signedIn) return `the answer says signed out after the login (time ${time} of ${times})`;
        if (asked.user && asked.user !== member.user) return `the answer says ${asked.user.key}, not ${member.name}`;
      }
      return null;
    });
    await control(`garbage in place of ${member.name}'s credentials is signed out`, async () =>
      (await oracle.ask(garbled(member))).signedIn ? "made-up cookies are signed in as well" : null,
    );
  }
  return controls;
}

export interface Calibrating {
  readonly nobody: Visitor;
  readonly members: readonly Visitor[];
}

/** The same names, and values that nobody ever issued. */
function garbled(member: Visitor): Visitor {
  const copy = member.copy("garbage");
  for (const cookie of copy.jar.all()) copy.jar.set(cookie, "0".repeat(Math.min(cookie.value.length, 64)));
  for (const [name, value] of copy.headers)
    copy.headers.set(
      name,
      value.replace(/[^ ]+$/, (secret) => "0".repeat(secret.length)),
    );
  return copy;
}
