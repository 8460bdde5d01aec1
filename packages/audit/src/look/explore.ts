import type { AuditFile } from "../file/schema.ts";
import { type Answer, headerOf } from "../http/exchange.ts";
import { type Form, readPage } from "../http/page.ts";
import { createVisitor, type Visitor } from "../login/visitor.ts";
import { saysLogIn, saysLogOut } from "../login/words.ts";
import { sayUnguessed } from "../oracle/unguessed.ts";
import { type Explored, type LookOptions, openWorld, tryLogin } from "./world.ts";

export interface ExploreOptions extends LookOptions {
  readonly user: string;
  readonly password: string;
}

/**
 * Writes an audit file by looking: the page with a password on it, its form, and the way out behind it. For a simple
 * form login. @throws Trouble if the target does not answer; an Error that says what to do if there is no such form
 */
export async function explore(address: string, options: ExploreOptions): Promise<Explored> {
  const { authorized, caFile } = options;
  const target = new URL(address);
  const user = { key: "user", values: { name: options.user, password: options.password } };
  const world = openWorld(target, { ...options, user });
  try {
    const { answer, form } = await findLogin(createVisitor(world, { name: "user", user }), target);
    const fields = fieldsOf(form);
    const page = answer.url.pathname + answer.url.search;
    const login = { kind: "form" as const, page, fields };
    const { landing, whoami } = await tryLogin(world, login, { user, paths: [] });
    if (!whoami) throw new Error(capital(sayUnguessed(landing)));
    const logout = findLogout(landing);
    const file: AuditFile = {
      target: target.origin,
      ...(authorized && { authorized }),
      ...(caFile && { ca: caFile }),
      users: { user: { name: { env: "AUDIT_USER" }, password: { env: "AUDIT_PASSWORD" } } },
      whoami,
      login,
      ...(logout && { logout }),
    };
    const found = [
      `Login: the form on ${page} with ${Object.keys(fields).join(" and ")}`,
      logout
        ? `Logout: ${logout.kind === "link" ? `the link "${logout.text}"` : `the form that leads to ${logout.action}`} on ${landing.url.pathname}`
        : "Logout: not found, so what needs it will not run",
    ];
    return { file, found };
  } finally {
    world.close();
  }
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

async function findLogin(visitor: Visitor, target: URL): Promise<{ answer: Answer; form: Form }> {
  const first = await visitor.follow(await visitor.open(target.pathname + target.search));
  const { links } = readPage(first.text);
  const paths = links
    .filter(({ text, href }) => saysLogIn.test(`${text} ${href}`) && URL.canParse(href, first.url.href))
    .map(({ href }) => new URL(href, first.url))
    .filter(({ origin }) => origin === target.origin)
    .map(({ pathname, search }) => pathname + search);
  for (const answer of [first, ...(await pagesOf(visitor, [...new Set([...paths, "/login"])].slice(0, 4)))]) {
    const form = readPage(answer.text).forms.find(
      ({ inputs }) => inputs.filter(({ type }) => type === "password").length === 1,
    );
    if (form) return { answer, form };
  }
  throw new Error(
    `No form with a password was found at ${target.href}: give the address of the login page, or write an audit file`,
  );
}

async function pagesOf(visitor: Visitor, paths: readonly string[]): Promise<readonly Answer[]> {
  const pages: Answer[] = [];
  for (const path of paths) pages.push(await visitor.follow(await visitor.open(path)));
  return pages;
}

/** The password, and the field before it. */
function fieldsOf({ inputs }: Form): Record<string, string> {
  const at = inputs.findIndex(({ type }) => type === "password");
  const name = inputs.slice(0, at).findLast(({ type }) => ["text", "email", "tel"].includes(type))?.name;
  return { ...(name && { [name]: "$user.name" }), [inputs[at]?.name ?? "password"]: "$user.password" };
}

function findLogout(page: Answer) {
  if (page.status >= 300 || headerOf(page, "location") !== null) return null;
  const { forms, links } = readPage(page.text);
  const where = page.url.pathname + page.url.search;
  const form = forms.find(({ text, action }) => saysLogOut.test(`${text} ${action}`));
  if (form && URL.canParse(form.action, page.url.href))
    return { kind: "form" as const, page: where, fields: {}, action: new URL(form.action, page.url).pathname };
  const link =
    links.find(({ text, href }) => saysLogOut.test(text) && saysLogOut.test(href)) ??
    links.find(({ text }) => saysLogOut.test(text));
  return link ? { kind: "link" as const, page: where, text: link.text.trim() } : null;
}
