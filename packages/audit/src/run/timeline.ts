import { lifetimeOf } from "../checks/jwt-forgeries.ts";
import { isJsonWebToken } from "../checks/tokens.ts";
import { cookiesOf, secretOf, withOnly } from "../credential/credential.ts";
import { milliseconds } from "../file/duration.ts";
import { Trouble } from "../http/trouble.ts";
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

  const waiting: Visitor[] = [];
  const questions: { at: number; ask(): Promise<void> }[] = [];
  const seen = {
    idle: [] as Parked[],
    busy: [] as Parked[],
    expired: null as Timeline["expired"],
    tokenExpired: null as Timeline["tokenExpired"],
  };
  const thiefOf = (member: Member): Visitor =>
    withOnly(member, stage.credentials[0] ?? [], `a copy of ${member.name}'s`);
  const observe = async (visitor: Visitor, at: number) => ({ at, isSignedIn: await stage.isSignedIn(visitor) });

  if (idle !== null) {
    for (const share of [0.5, after]) {
      const parked = thiefOf(await stage.signIn());
      waiting.push(parked);
      const at = idle * share;
      questions.push({ at, ask: async () => void seen.idle.push(await observe(parked, at)) });
    }
  }
  if (absolute !== null) {
    const busy = await stage.signIn();
    waiting.push(busy);
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
    waiting.push(parked);
    const at = lifetime * after;
    const ask = async () => {
      seen.expired = { ...(await observe(parked, at)), lifetime };
    };
    questions.push({ at, ask });
  }

  const token = await tokenLifetime(stage);
  if (token !== null && (stage.file.clock || token * after <= longest)) {
    const copy = thiefOf(await stage.signIn());
    const end = token * after;
    const step = Math.min(idle === null ? end / 4 : idle * busySteps, end / 4);
    // Kept busy, so that it does not end for its idleness; without what would be issued in its place.
    for (let at = step; at < end + step; at += step) {
      const moment = Math.min(at, end);
      const ask = async () => {
        const { signedIn: isSignedIn } = await stage.ask(copy, { keepsCookies: false });
        seen.tokenExpired = { at: moment, isSignedIn, lifetime: token };
      };
      questions.push({ at: moment, ask });
    }
  }

  // Before any time passes: what ended at a later login says nothing about time.
  for (const each of waiting) {
    if (!(await stage.isSignedIn(each)))
      throw new Trouble("unclear", "A session was over before any time had passed: a later login of the user ended it");
  }
  let now = 0;
  for (const { at, ask } of questions.sort((a, b) => a.at - b.at)) {
    if (at > now) await stage.pass(at - now);
    now = at;
    await ask();
  }
  return seen;
}

/** How long a JSON Web Token lasts by what it says itself; `null` where none signs anybody in, or it says nothing. */
async function tokenLifetime(stage: Stage): Promise<number | null> {
  const [newest] = (await stage.issued(1)).slice(-1);
  if (!newest) return null;
  const tokens = (stage.credentials[0] ?? []).map((part) => secretOf(newest.member, part)).filter(isJsonWebToken);
  return tokens.map((each) => lifetimeOf(each, newest.at)).find((each) => each !== null) ?? null;
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
