import type { Step } from "../file/schema.ts";
import type { HeaderLines } from "../http/exchange.ts";
import { readPage } from "../http/page.ts";

/* Requests of one login that somebody made, turned into steps that log in anew, whoever it is. */

/** One request as a browser sent it, and what came back. */
export interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderLines;
  readonly body: { readonly type: string; readonly text: string } | null;
  /** Pictures, styles and the like: no part of a login. */
  readonly isStatic: boolean;
  readonly answer: {
    readonly status: number;
    readonly headers: HeaderLines;
    readonly text: string;
    /** Where it redirects to; empty if nowhere. */
    readonly redirectsTo: string;
  };
}

export interface Steps {
  readonly steps: readonly Step[];
  /** What was put in the place of what, for people. */
  readonly substitutions: readonly string[];
}

export interface RecordedOptions {
  readonly target: URL;
  /** The values of every user: whoever was recorded is replaced by whoever logs in. */
  readonly users: readonly Readonly<Record<string, string>>[];
  /** Leaves out the pages that nothing is picked from. Default: no, for they may set cookies. */
  readonly isPruned?: boolean;
}

/** A shorter value is the same each time. */
const shortestVolatile = 8;

/** Everything up to the last request that is no GET: what comes after it is followed anew. */
export function stepsOf(all: readonly Recorded[], { target, users, isPruned = false }: RecordedOptions): Steps {
  const chains = chainsOf(all.filter(({ isStatic }) => !isStatic));
  const last = chains.findLastIndex(({ first }) => !isSafe(first));
  const substitutions: string[] = [];
  const steps: (Step & { pick: NonNullable<Step["pick"]> })[] = [];
  const seen: Recorded[] = [];
  let picks = 0;
  for (const { first, end } of chains.slice(0, last + 1)) {
    steps.push({ ...stepOf(first), pick: {} });
    seen.push(end);
  }
  keepBearer();
  const kept = steps.filter(
    (step) => !isPruned || !["GET", "HEAD"].includes(step.method) || Object.keys(step.pick).length > 0,
  );
  return { steps: kept.map(withoutEmpty), substitutions };

  function stepOf({ method, headers, body, url: address }: Recorded): Step {
    const url = new URL(address);
    const query = [...url.searchParams].map(
      ([name, value]) => `${name}=${replaced(value, `${name} of the query`, name)}`,
    );
    const path =
      (url.origin === target.origin ? "" : url.origin) + url.pathname + (query.length > 0 ? `?${query.join("&")}` : "");
    const own = headers.filter(([name]) => /^x-/i.test(name) || /csrf|xsrf|api-key/i.test(name));
    const kept = Object.fromEntries(own.map(([name, value]) => [name, replaced(value, `the header ${name}`, name)]));
    const step = { kind: "request" as const, method, path, as: "form" as const, follow: true, headers: kept };
    if (!body) return step;
    if (/x-www-form-urlencoded/i.test(body.type)) {
      const given = [...new URLSearchParams(body.text)];
      return { ...step, fields: Object.fromEntries(given.map(([name, value]) => [name, replaced(value, name, name)])) };
    }
    const text = /json/i.test(body.type) ? jsonWithNames(parse(body.text)) : body.text;
    return { ...step, headers: { ...kept, "Content-Type": body.type }, body: text };
  }

  function jsonWithNames(json: unknown): string {
    return JSON.stringify(json, (key, value) => (typeof value === "string" ? replaced(value, key, key) : value));
  }

  /** The user's values by what they are, or by what their field is called; what an earlier answer had is picked again. */
  function replaced(value: string, where: string, name: string): string {
    if (value.includes("$user.")) return value;
    const known = users.flatMap((each) => Object.entries(each)).find(([, own]) => own === value)?.[0];
    const called = known ?? calledLike(name, value);
    if (called) return say(where, `$user.${called}`);
    return value.length < shortestVolatile ? value : (picked(value, where) ?? value);
  }

  function picked(value: string, where: string): string | null {
    for (const [at, { answer }] of seen.entries()) {
      const step = steps[at];
      const pick = whereIs(value, answer);
      if (!step || !pick) continue;
      const key = `v${++picks}`;
      step.pick[key] = pick;
      return say(where, `$picked.${key}`, `picked from ${step.method} ${step.path}`);
    }
    return null;
  }

  /** A token that an answer gave and later requests carry is kept. */
  function keepBearer(): void {
    const later = all.findLast(({ headers }) => bearerOf(headers) !== null);
    const bearer = later && bearerOf(later.headers);
    if (!bearer) return;
    const at = seen.findIndex(({ answer }) => whereIs(bearer.secret, answer) !== null);
    const step = steps[at];
    const name = step && picked(bearer.secret, "the header authorization");
    if (step && name) steps[at] = { ...step, keep: { authorization: `${bearer.scheme} ${name}` } };
  }

  function say(where: string, what: string, from = ""): string {
    substitutions.push(`${where} is ${what}${from && `, ${from}`}`);
    return what;
  }
}

/** What a field is, by its name; `null` for anything that is not the user's. */
export function calledLike(name: string, value: string): "password" | "totp" | "name" | null {
  if (/pass(word|wd|phrase)?$|^pwd$/i.test(name)) return "password";
  if (/otp|one.?time|2fa|mfa|^code$/i.test(name) && /^\d{6}$/.test(value)) return "totp";
  return /^(user.?name|user|e.?mail|login|log|account)$/i.test(name) ? "name" : null;
}

/** Where an answer has a value, in the words of `pick`. */
function whereIs(value: string, { text, headers }: Recorded["answer"]): NonNullable<Step["pick"]>[string] | null {
  if (text.includes(value) || text.includes(value.replaceAll("&", "&amp;"))) {
    const inputs = readPage(text).forms.flatMap((form) => form.inputs);
    const input = inputs.find((each) => each.value === value);
    if (input) return { input: input.name };
    const json = pointerTo(value, parse(text));
    if (json !== null) return { json };
  }
  for (const [name, line] of headers) {
    if (name.toLowerCase() !== "set-cookie") {
      if (line === value) return { header: name };
      continue;
    }
    const pair = line.split(";")[0] ?? "";
    if (pair.slice(pair.indexOf("=") + 1) === value) return { cookie: pair.slice(0, pair.indexOf("=")) };
  }
  return null;
}

function pointerTo(value: string, json: unknown): string | null {
  if (json === value) return "";
  if (typeof json !== "object" || json === null) return null;
  for (const [key, each] of Object.entries(json)) {
    const rest = pointerTo(value, each);
    if (rest !== null) return `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}${rest}`;
  }
  return null;
}

function bearerOf(headers: HeaderLines): { readonly scheme: string; readonly secret: string } | null {
  const line = headers.find(([name]) => name.toLowerCase() === "authorization")?.[1] ?? "";
  const [, scheme, secret] = /^(\w+) (.+)$/.exec(line) ?? [];
  return scheme && secret && !/^basic$/i.test(scheme) ? { scheme, secret } : null;
}

interface Chain {
  readonly first: Recorded;
  end: Recorded;
}

/** A request with the redirects behind it. */
function chainsOf(all: readonly Recorded[]): readonly Chain[] {
  const chains: Chain[] = [];
  for (const each of all) {
    const before = chains.at(-1);
    if (before && targetOf(before.end) === each.url.split("#")[0]) before.end = each;
    else chains.push({ first: each, end: each });
  }
  return chains;
}

function targetOf({ url, answer: { redirectsTo } }: Recorded): string | null {
  if (redirectsTo === "" || !URL.canParse(redirectsTo, url)) return null;
  return new URL(redirectsTo, url).href.split("#")[0] ?? null;
}

function isSafe({ method }: Recorded): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

function withoutEmpty({ pick = {}, headers = {}, ...step }: Step): Step {
  return {
    ...step,
    ...(Object.keys(pick).length > 0 && { pick }),
    ...(Object.keys(headers).length > 0 && { headers }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
