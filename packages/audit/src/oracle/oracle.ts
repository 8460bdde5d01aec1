import type { User } from "../file/load.ts";
import type { Predicate, Whoami } from "../file/schema.ts";
import { type Answer, headerOf } from "../http/exchange.ts";
import { Trouble } from "../http/trouble.ts";
import { prepareFlow } from "../login/flow.ts";
import { jsonAt } from "../login/pick.ts";
import { fill, newValues } from "../login/values.ts";
import type { SendOptions, Visitor, World } from "../login/visitor.ts";

/** Who somebody is for the target. */
export type Standing =
  /** `user` is `null` where the answer does not say who it is. */
  { readonly signedIn: true; readonly user: User | null } | { readonly signedIn: false };

/** Asks the target "who am I?". Every check rests on it, so it is calibrated before the first one. */
export interface Oracle {
  /** The question and how its answers are told apart, for people. */
  readonly description: string;
  readonly whoami: Whoami;
  /** @throws Trouble `unclear` if the answer fits neither "signed in" nor "signed out", or both */
  ask(visitor: Visitor, options?: SendOptions): Promise<Asked>;
  /** What an answer to the question says. @throws Trouble as `ask` */
  read(answer: Answer): Standing;
}

export type Asked = Standing & { readonly answer: Answer };

export function createOracle(world: World, whoami: Whoami, users: readonly User[]): Oracle {
  const { request, signedIn, signedOut } = whoami;
  const namesUser = JSON.stringify(signedIn).includes("$user.");

  function read(answer: Answer): Standing {
    const candidates: readonly (User | null)[] = namesUser ? users : [null];
    const user = candidates.find((each) => fits(answer, signedIn, each));
    const isOut = fits(answer, signedOut, users[0] ?? null);
    if (user !== undefined && !isOut) return { signedIn: true, user };
    if (user === undefined && isOut) return { signedIn: false };
    const what = `${request.method} ${answer.url.pathname} answered ${answer.status}`;
    const both =
      user === undefined
        ? 'which fits neither "signedIn" nor "signedOut"'
        : 'which fits both "signedIn" and "signedOut"';
    throw new Trouble("unclear", `${what}, ${both} of the audit file`);
  }

  return {
    whoami,
    description: `${request.method} ${request.path}: signed in means ${say(signedIn)}; signed out means ${say(signedOut)}`,
    read,
    async ask(visitor, options) {
      const { request: ready } = await prepareFlow(world, request, visitor);
      const answer = await visitor.send(ready, options);
      return { ...read(answer), answer };
    },
  };
}

/** Whether an answer is as a predicate says, with the values of a user. */
export function fits(answer: Answer, predicate: Predicate, user: User | null): boolean {
  const values = newValues(user);
  const { status, json = {}, text, notText, location } = predicate;
  if (status !== undefined && ![status].flat().includes(answer.status)) return false;
  if (text !== undefined && !answer.text.includes(fill(text, values))) return false;
  if (notText !== undefined && answer.text.includes(fill(notText, values))) return false;
  if (location !== undefined && !pathOf(answer).startsWith(fill(location, values))) return false;
  return Object.entries(json).every(([pointer, wanted]) => jsonAt(answer.text, pointer) === fill(wanted, values));
}

function pathOf(answer: Answer): string {
  const location = headerOf(answer, "location");
  if (location === null || !URL.canParse(location, answer.url.href)) return "";
  const { pathname, search } = new URL(location, answer.url);
  return pathname + search;
}

function say({ status, json = {}, text, notText, location }: Predicate): string {
  const parts = [
    status !== undefined && `status ${[status].flat().join(" or ")}`,
    ...Object.entries(json).map(([pointer, wanted]) => `${pointer} is ${wanted}`),
    text !== undefined && `the text "${text}"`,
    notText !== undefined && `no text "${notText}"`,
    location !== undefined && `a redirect to ${location}`,
  ];
  return parts.filter(Boolean).join(", ") || "any answer";
}
