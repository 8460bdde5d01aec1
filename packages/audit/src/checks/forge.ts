import type { Change, Flow, FormFlow } from "../file/schema.ts";
import type { Answer } from "../http/exchange.ts";
import { Trouble } from "../http/trouble.ts";
import type { Prepared } from "../login/flow.ts";
import { encode } from "../login/flow.ts";
import type { ReadyRequest, SendOptions, Visitor } from "../login/visitor.ts";
import type { Member, Stage } from "../run/stage.ts";

export type Fields = readonly (readonly [string, string])[];

/** A change that works when its user makes it, and what an attacker can know of its form. */
export interface Forgery {
  readonly change: Change;
  readonly alice: Member;
  /** As alice's own page would send it. */
  readonly own: Prepared;
  /** The same form on the attacker's own page: the fields that differ are tokens or made up for each page. */
  readonly attacker: Fields;
  /** Fields whose value is alice's alone. */
  readonly tokens: readonly string[];
}

/** Makes the change once, as it should be made; `null` if that has no effect, and so nothing else would tell anything. */
export async function prepareForgery(stage: Stage, change: Change): Promise<Forgery | null> {
  const alice = await stage.signIn();
  const [, bob] = stage.users;
  const attacker = await stage.signIn(bob ? { user: bob } : {});
  const own = await stage.prepare(change.do, alice);
  const hasEffect = await attempt(stage, { change, alice, own }, own.fields, {}, own.request);
  if (!hasEffect) return null;
  const fresh = await stage.prepare(change.do, alice);
  const theirs = await stage.prepare(change.do, attacker);
  const typed = new Set(typedFields(change.do));
  const tokens = fresh.fields
    .filter(([name, value]) => !typed.has(name) && theirs.fields.find(([other]) => other === name)?.[1] !== value)
    .map(([name]) => name);
  return { change, alice, own: fresh, attacker: theirs.fields, tokens };
}

/** What the audit file writes into the form itself, and not what it picks from pages. */
function typedFields(flow: Flow): readonly string[] {
  if (flow.kind === "form") return Object.keys((flow as FormFlow).fields);
  const step = flow.kind === "http" ? flow.steps.at(-1) : flow.kind === "request" ? flow : undefined;
  return Object.entries(step?.fields ?? {})
    .filter(([, text]) => !text.includes("$picked."))
    .map(([name]) => name);
}

/** What another site can send: alice's own values are not known there. */
export function forgedFields({ own, attacker, tokens }: Forgery, without: readonly string[]): Fields {
  return own.fields
    .filter(([name]) => !without.includes(name))
    .map(
      ([name, value]) =>
        [name, tokens.includes(name) ? (attacker.find(([other]) => other === name)?.[1] ?? "") : value] as const,
    );
}

/** How the change gets to the target; `null` where nobody sees the answer. */
export type Sender = (ready: ReadyRequest, sender: Visitor) => Promise<Answer | null>;

/** Sends the change in some way, and looks whether the value is there afterwards. Puts it back if the file says how. */
export async function attempt(
  stage: Stage,
  { change, alice, own }: Pick<Forgery, "change" | "alice" | "own">,
  fields: Fields,
  options: SendOptions,
  request: ReadyRequest = own.request,
  send: Sender = (ready, sender) => sender.send(ready, options),
): Promise<boolean> {
  const mark = own.values.random;
  // Another value each time, so that no earlier change is taken for this one's.
  const fresh = `${mark}x${Math.random().toString(36).slice(2, 8)}`;
  const replaced = (text: string) => text.replaceAll(mark, fresh);
  const typed = fields.map(([name, value]) => [name, replaced(value)] as const);
  const url = new URL(replaced(request.url.href));
  const isJson = request.body.startsWith("{");
  const body = request.body === "" ? "" : isJson ? JSON.stringify(Object.fromEntries(typed)) : encode(typed);
  // Another site's page can set no header of its own without asking first.
  const headers =
    options.from === "other site"
      ? request.headers.filter(([name]) => name.toLowerCase() === "content-type")
      : request.headers;
  const sender = alice.copy(options.from === "other site" ? `${alice.name}, by another site` : alice.name);
  const answer = await send({ ...request, headers, url, body }, sender);
  const seen = await stage.read(change, alice);
  const hasEffect = seen.includes(fresh) && (answer === null || answer.status < 500);
  // A whole page without the value may be the one that asks for a login.
  const { json, between } = change.seenAt;
  if (!hasEffect && json === undefined && !between && !(await stage.isSignedIn(alice)))
    throw new Trouble("unclear", "The session was over after the change was sent, so its effect could not be seen");
  if (hasEffect && change.restore) await stage.run(change.restore, alice);
  return hasEffect;
}

/** Every way to leave out some of a few fields, the most first. */
export function subsetsOf(names: readonly string[]): readonly (readonly string[])[] {
  const few = names.slice(0, 3);
  const all = Array.from({ length: 2 ** few.length }, (_, bits) => few.filter((_name, at) => bits & (1 << at)));
  return all.sort((a, b) => b.length - a.length);
}

/** How another site's request gets through, if it does. */
export interface Opening {
  readonly state: "open" | "only SameSite" | "closed";
  /** What was sent. */
  readonly fields: Fields;
}

/** Whether the change goes through from elsewhere without anything of alice's, by what the browser would send. */
export async function openingOf(stage: Stage, forgery: Forgery): Promise<Opening> {
  for (const without of subsetsOf(forgery.tokens)) {
    if (forgery.tokens.length > 0 && without.length === 0) continue;
    const fields = forgedFields(forgery, without);
    if (await attempt(stage, forgery, fields, { from: "other site" })) return { state: "open", fields };
    if (await attempt(stage, forgery, fields, { from: "other site", cookies: "whatever SameSite says" }))
      return { state: "only SameSite", fields };
  }
  return { state: "closed", fields: [] };
}

export async function isOpen(stage: Stage, forgery: Forgery): Promise<Opening["state"]> {
  return (await openingOf(stage, forgery)).state;
}
