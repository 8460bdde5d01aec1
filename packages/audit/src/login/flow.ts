import type { Flow, FormFlow, Step } from "../file/schema.ts";
import { type Answer, headerOf } from "../http/exchange.ts";
import { type Form, readPage } from "../http/page.ts";
import { Trouble } from "../http/trouble.ts";
import { pickFrom } from "./pick.ts";
import { fill, fillAll, fillBody, newValues, type Values } from "./values.ts";
import type { ReadyRequest, Visitor, World } from "./visitor.ts";

/** A flow that has been walked up to its last request, which is ready but not sent. */
export interface Prepared {
  readonly request: ReadyRequest;
  readonly values: Values;
  /** What was to be sent, field by field. */
  readonly fields: readonly (readonly [string, string])[];
  /** The step it comes from, with what to pick and keep of the answer. */
  readonly step: Step | null;
}

/** Does what a flow says, as `visitor`, and follows redirects. @throws Trouble if the page is not as the flow says */
export async function runFlow(world: World, flow: Flow, visitor: Visitor, values?: Partial<Values>): Promise<Answer> {
  const prepared = await prepareFlow(world, flow, visitor, values);
  const answer = await visitor.send(prepared.request);
  if (prepared.step) takeFrom(world, { answer, step: prepared.step, visitor, values: prepared.values });
  return visitor.follow(answer);
}

/** Everything before the last request. */
export async function prepareFlow(
  world: World,
  flow: Flow,
  visitor: Visitor,
  given?: Partial<Values>,
): Promise<Prepared> {
  const values = newValues(visitor.user, { kept: visitor.headers, ...given });
  switch (flow.kind) {
    case "request":
      return prepareStep(world, flow, values);
    case "http": {
      const picked = new Map<string, string>(values.picked);
      const growing = { ...values, picked };
      for (const step of flow.steps.slice(0, -1)) {
        const sent = await visitor.send(prepareStep(world, step, growing).request);
        const answer = step.follow ? await visitor.follow(sent) : sent;
        for (const [name, value] of takeFrom(world, { answer, step, visitor, values: growing }))
          picked.set(name, value);
      }
      return prepareStep(world, flow.steps.at(-1) as Step, growing);
    }
    case "form":
      return prepareForm(world, flow, visitor, values);
    case "link":
      return prepareLink(world, flow, visitor, values);
    default:
      throw new Trouble("flow-broken", `A ${flow.kind} can be used to log in, and for nothing else`);
  }
}

function prepareStep(world: World, step: Step, values: Values): Prepared {
  const fields = fillAll(step.fields ?? {}, values);
  const url = new URL(fill(step.path, values), world.target);
  const headers = fillAll(step.headers ?? {}, values);
  if (step.method === "GET" || step.method === "HEAD") {
    for (const [name, value] of fields) url.searchParams.append(name, value);
    return { request: { method: step.method, url, headers, body: "" }, values, fields, step };
  }
  if (step.body !== undefined)
    return { request: { method: step.method, url, headers, body: fillBody(step.body, values) }, values, fields, step };
  const type = step.as === "json" ? "application/json" : "application/x-www-form-urlencoded";
  const body = step.as === "json" ? JSON.stringify(Object.fromEntries(fields)) : encode(fields);
  const request = { method: step.method, url, headers: [["Content-Type", type] as const, ...headers], body };
  return { request, values, fields, step };
}

async function prepareForm(world: World, flow: FormFlow, visitor: Visitor, values: Values): Promise<Prepared> {
  const page = await visitor.follow(await visitor.open(fill(flow.page, values)));
  const wanted = Object.keys(flow.fields);
  const action = flow.action === undefined ? null : new URL(flow.action, page.url).href;
  const form = readPage(page.text).forms.find(
    (each) =>
      (action === null || (URL.canParse(each.action, page.url.href) && addressOf(each.action, page).href === action)) &&
      wanted.every((name) => each.inputs.some((input) => input.name === name)),
  );
  if (!form) {
    const which = [action && `that leads to ${flow.action}`, wanted.length > 0 && `with ${wanted.join(", ")}`];
    throw new Trouble(
      "flow-broken",
      `${page.url.pathname} (status ${page.status}) has no form ${which.filter(Boolean).join(" ")}`,
    );
  }
  return fillIn(world, { form, page, typed: fillAll(flow.fields, values), values });
}

/** @throws Trouble if the page leads nowhere */
function addressOf(text: string, page: Answer): URL {
  if (URL.canParse(text, page.url.href)) return new URL(text, page.url);
  throw new Trouble("flow-broken", `${page.url.pathname} has a link or a form that leads to no address`);
}

interface Filling {
  readonly form: Form;
  readonly page: Answer;
  readonly typed: readonly (readonly [string, string])[];
  readonly values: Values;
}

/** What a browser sends: hidden fields as they are, those typed in, and the first button. */
function fillIn({ secrets }: Pick<World, "secrets">, { form, page, typed, values }: Filling): Prepared {
  const own = new Map(typed);
  let isPressed = false;
  const fields = form.inputs.flatMap(({ name, type, value, isSent }) => {
    const mine = own.get(name);
    if (mine !== undefined) {
      // Several radio buttons share a name, and one of them is chosen.
      own.delete(name);
      return [[name, mine] as const];
    }
    if (!isSent || (type === "submit" && isPressed)) return [];
    if (type === "submit") isPressed = true;
    if (typed.some(([each]) => each === name)) return [];
    if (type === "hidden" && isLikelySecret(value)) secrets.learn(`input ${name}`, value);
    return [[name, value] as const];
  });
  const url = addressOf(form.action, page);
  if (form.method === "GET") {
    url.search = encode(fields);
    return { request: { method: "GET", url, headers: [], body: "" }, values, fields, step: null };
  }
  const headers = [["Content-Type", "application/x-www-form-urlencoded"] as const];
  return { request: { method: "POST", url, headers, body: encode(fields) }, values, fields, step: null };
}

/** A token of the form, and not the address that many forms carry along. */
function isLikelySecret(value: string): boolean {
  return value.length >= 16 && !/^(https?:\/)?\//.test(value);
}

async function prepareLink(
  world: World,
  flow: Extract<Flow, { kind: "link" }>,
  visitor: Visitor,
  values: Values,
): Promise<Prepared> {
  const page = await visitor.follow(await visitor.open(fill(flow.page, values)));
  const { links, forms } = readPage(page.text);
  const wanted = flow.text.toLowerCase();
  const is = ({ text }: { text: string }) => text.trim().toLowerCase() === wanted;
  const says = ({ text }: { text: string }) => text.toLowerCase().includes(wanted);
  // "Log out" before "Log out everywhere else", be it a link or a button.
  const link = links.find(is) ?? (forms.some(is) ? undefined : links.find(says));
  if (link) {
    const url = addressOf(link.href, page);
    // A link that logs out may carry a token, as a form does.
    for (const [name, value] of url.searchParams)
      if (/^(?=\D*\d)[\w-]{16,}$/.test(value)) world.secrets.learn(`parameter ${name}`, value);
    return {
      request: { method: "GET", url, headers: [], body: "" },
      values,
      fields: [],
      step: null,
    };
  }
  const form = forms.find(is) ?? forms.find(says);
  if (form) return fillIn(world, { form, page, typed: [], values });
  throw new Trouble("flow-broken", `${page.url.pathname} (status ${page.status}) has no link or button "${flow.text}"`);
}

function takeFrom(
  { secrets }: World,
  { answer, step, visitor, values }: { answer: Answer; step: Step; visitor: Visitor; values: Values },
): readonly (readonly [string, string])[] {
  const picked = Object.entries(step.pick ?? {}).map(([name, pick]) => {
    const value = pickFrom(answer, pick);
    if (value === null) {
      throw new Trouble(
        "flow-broken",
        `${step.method} ${answer.url.pathname} (status ${answer.status}) has no ${name} to pick`,
      );
    }
    secrets.learn(`picked ${name}`, value);
    return [name, value] as const;
  });
  const all = { ...values, picked: new Map([...values.picked, ...picked]) };
  for (const [name, value] of fillAll(step.keep ?? {}, all)) {
    secrets.learn(`header ${name.toLowerCase()}`, value);
    visitor.headers.set(name.toLowerCase(), value);
  }
  return picked;
}

export function encode(fields: readonly (readonly [string, string])[]): string {
  return new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString();
}

/** Whether the page says no more than that somebody tried too often. */
export function isLockout(answer: Answer): boolean {
  return (
    answer.status === 423 ||
    headerOf(answer, "retry-after") !== null ||
    /too many (attempts|requests|login)|account (is )?locked/i.test(answer.text)
  );
}
