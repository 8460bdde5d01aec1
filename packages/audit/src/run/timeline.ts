import { cookiesOf, withOnly } from "../credential/credential.ts";
import { milliseconds } from "../file/duration.ts";
import type { Visitor } from "../login/visitor.ts";
import type { Member, Parked, Stage, Timeline } from "./stage.ts";

/** A little after the end: clocks of several servers differ. */
const after = 1.1;
const busySteps = 0.4;

/**
 * Sessions are parked and each is asked exactly once, at its own moment, because a question is activity. One is kept busy
 * instead. All wait at the same time, so that it takes as long as the longest of them.
 */
export async function watchTime(stage: Stage): Promise<Timeline> {
  const { expect = {} } = stage.file;
  const idle = expect.idle === undefined ? null : milliseconds(expect.idle);
  const absolute = expect.absolute === undefined ? null : milliseconds(expect.absolute);
  const longest = Math.max(idle ?? 0, absolute ?? 0) * after;

  const questions: { at: number; ask(): Promise<void> }[] = [];
  const seen = { idle: [] as Parked[], busy: [] as Parked[], expired: null as Timeline["expired"] };
  const thiefOf = (member: Member): Visitor =>
    withOnly(member, stage.credentials[0] ?? [], `a copy of ${member.name}'s`);
  const observe = async (visitor: Visitor, at: number) => ({ at, isSignedIn: await stage.isSignedIn(visitor) });

  if (idle !== null) {
    for (const share of [0.5, after]) {
      const parked = thiefOf(await stage.signIn());
      const at = idle * share;
      questions.push({ at, ask: async () => void seen.idle.push(await observe(parked, at)) });
    }
  }
  if (absolute !== null) {
    const busy = await stage.signIn();
    const step = Math.min(idle === null ? absolute / 4 : idle * busySteps, absolute / 4);
    const end = absolute * after;
    for (let at = step; at < end + step; at += step) {
      const moment = Math.min(at, end);
      questions.push({ at: moment, ask: async () => void seen.busy.push(await observe(busy, moment)) });
    }
  }
  const lifetime = await cookieLifetime(stage);
  if (lifetime !== null && lifetime * after <= Math.max(longest, lifetime === idle ? lifetime * after : 0)) {
    const parked = thiefOf(await stage.signIn());
    const at = lifetime * after;
    const ask = async () => {
      seen.expired = { ...(await observe(parked, at)), lifetime };
    };
    questions.push({ at, ask });
  }

  let now = 0;
  for (const { at, ask } of questions.sort((a, b) => a.at - b.at)) {
    if (at > now) await stage.pass(at - now);
    now = at;
    await ask();
  }
  return seen;
}

/** How long the browser keeps the credential's cookie; `null` if until it is closed. */
async function cookieLifetime(stage: Stage): Promise<number | null> {
  const [credential] = stage.credentials;
  if (!credential) return null;
  const [newest] = (await stage.issued(1)).slice(-1);
  if (!newest) return null;
  const ends = cookiesOf(newest.member, credential).map(({ expires }) => expires);
  const known = ends.filter((each) => each !== null);
  return known.length === 0 ? null : Math.min(...known) - newest.at;
}
