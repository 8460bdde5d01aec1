import type { AuditFile } from "../file/schema.ts";
import { type ClientLimits, createClient, defaultLimits } from "../http/client.ts";
import { type Answer, headerOf } from "../http/exchange.ts";
import { hostKind } from "../http/hosts.ts";
import { createPace, type Sleep } from "../http/pace.ts";
import { type Form, readPage } from "../http/page.ts";
import { createRecorder } from "../http/recorder.ts";
import { createSecrets } from "../http/secrets.ts";
import { runFlow } from "../login/flow.ts";
import { createVisitor, type Visitor } from "../login/visitor.ts";
import { version } from "../version.ts";

/** Where an application asks for a password, and how it lets go again: what can be told by looking. */
export interface Explored {
  readonly file: AuditFile;
  /** What was found, line by line, for people. */
  readonly found: readonly string[];
}

export interface ExploreOptions {
  readonly user: string;
  readonly password: string;
  readonly authorized?: string;
  readonly sleep: Sleep;
  readonly limits?: Partial<ClientLimits>;
}

const saysLogIn = /log\s?-?in|sign\s?-?in|anmelden/i;
const saysLogOut = /log\s?-?out|sign\s?-?out|log\s?-?off|abmelden/i;

/**
 * Writes an audit file by looking: the page with a password on it, its form, and the way out behind it. For a simple
 * form login. @throws Trouble if the target does not answer; an Error that says what to do if there is no such form
 */
export async function explore(
  address: string,
  { user, password, authorized, sleep, limits }: ExploreOptions,
): Promise<Explored> {
  const target = new URL(address);
  const kind = hostKind(target.hostname);
  if (kind === "public" && !authorized) {
    throw new Error(
      `${target.hostname} is not on this machine or a private network: run "sojourn-audit init" with --authorized "name, date", and audit with the file it writes`,
    );
  }
  const secrets = createSecrets();
  secrets.learn("password", password);
  const client = createClient({
    origins: [target.origin],
    recorder: createRecorder(secrets),
    pace: createPace(kind, { sleep }),
    sleep,
    headers: [["User-Agent", `sojourn-audit/${version}`]],
    ca: null,
    limits: { ...defaultLimits, ...limits },
  });
  const world = { client, secrets, target };
  const values = { key: "user", values: { name: user, password } };
  try {
    const visitor = createVisitor(world, { name: "user", user: values });
    const { answer, form } = await findLogin(visitor, target);
    const fields = fieldsOf(form);
    const page = answer.url.pathname + answer.url.search;
    const login = { kind: "form" as const, page, fields };
    const landing = await runFlow(world, login, visitor);
    const logout = findLogout(landing);
    const file: AuditFile = {
      target: target.origin,
      ...(authorized && { authorized }),
      users: { user: { name: { env: "AUDIT_USER" }, password: { env: "AUDIT_PASSWORD" } } },
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
    client.close();
  }
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
  if (form) return { kind: "form" as const, page: where, fields: {}, action: new URL(form.action, page.url).pathname };
  const link =
    links.find(({ text, href }) => saysLogOut.test(text) && saysLogOut.test(href)) ??
    links.find(({ text }) => saysLogOut.test(text));
  return link ? { kind: "link" as const, page: where, text: link.text.trim() } : null;
}
