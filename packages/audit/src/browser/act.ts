import type { Flow, FormFlow } from "../file/schema.ts";
import { Trouble } from "../http/trouble.ts";
import { fill, fillAll, type Values } from "../login/values.ts";
import type { Tab } from "./tab.ts";

/* Flows as somebody does them in a page: forms are filled in where they stand, and their own scripts run. */

/** Whether a flow can be done in a page, and not by requests alone. */
export function isDoneInPage(flow: Flow): boolean {
  return flow.kind === "form" || flow.kind === "link" || (flow.kind === "request" && isPlain(flow));
}

/** @throws Trouble if the page is not as the flow says */
export async function actInPage(tab: Tab, flow: Flow, { target, values }: { target: URL; values: Values }) {
  switch (flow.kind) {
    case "form":
      return submitForm(tab, flow, { target, values });
    case "link": {
      await tab.goto(new URL(fill(flow.page, values), target).href);
      return press(tab, pressLink, flow.text, `no link or button "${flow.text}"`);
    }
    case "request": {
      const fields = fillAll(flow.fields ?? {}, values);
      const action = new URL(fill(flow.path, values), target);
      if (tab.url().origin !== target.origin) await tab.goto(target.href);
      return tab.leave(() => tab.evaluate(sendForm, { action: action.href, method: flow.method, fields }), action);
    }
    default:
      throw new Trouble("flow-broken", `A ${flow.kind} is not done in a page`);
  }
}

function isPlain({ method, as, headers, pick, keep }: Extract<Flow, { kind: "request" }>): boolean {
  return (method === "GET" || method === "POST") && as === "form" && !headers && !pick && !keep;
}

async function submitForm(tab: Tab, flow: FormFlow, { target, values }: { target: URL; values: Values }) {
  await tab.goto(new URL(fill(flow.page, values), target).href);
  const fields = fillAll(flow.fields, values);
  const action = flow.action === undefined ? null : new URL(flow.action, tab.url()).href;
  const names = Object.keys(flow.fields).join(" and ");
  return press(
    tab,
    fillInForm,
    { fields, action },
    `no form${names && ` with ${names}`}${action ? " that leads there" : ""}`,
  );
}

async function press(tab: Tab, source: string, given: unknown, missing: string): Promise<void> {
  const { pathname } = tab.url();
  let isFound = false;
  await tab.leave(async () => {
    isFound = await tab.evaluate<boolean>(source, given);
  });
  if (!isFound) throw new Trouble("flow-broken", `In the browser, ${pathname} has ${missing}`);
}

/* What runs in the page. It presses after it has answered, because a page that is left answers no more. */

const fillInForm = `({ fields, action }) => {
  const named = (scope, name) => [...scope.querySelectorAll("input, textarea, select")].find((each) => each.name === name);
  const whole = [...document.forms].find((form) =>
    (action === null || form.action === action) && fields.every(([name]) => named(form, name)));
  const scope = whole ?? (action === null ? document : null);
  if (!scope || !fields.every(([name]) => named(scope, name))) return false;
  for (const [name, value] of fields) {
    const input = named(scope, name);
    const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), "value");
    set.call(input, value);
    for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
  }
  const button = scope.querySelector("button:not([type=button]):not([type=reset]), input[type=submit], input[type=image]") ??
    scope.querySelector("button");
  setTimeout(() => (button ? button.click() : whole?.requestSubmit()));
  return true;
}`;

const pressLink = `(text) => {
  const wanted = text.toLowerCase();
  const found = [...document.querySelectorAll("a, button, input[type=submit]")].find((each) =>
    (each.textContent + " " + (each.value ?? "")).toLowerCase().includes(wanted));
  if (found) setTimeout(() => found.click());
  return found !== undefined;
}`;

const sendForm = `({ action, method, fields }) => {
  const form = document.createElement("form");
  Object.assign(form, { action, method });
  for (const [name, value] of fields) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }
  document.body.append(form);
  setTimeout(() => HTMLFormElement.prototype.submit.call(form));
}`;
