import { z } from "zod";
import type { Step } from "../file/schema.ts";
import { readPage } from "../http/page.ts";

/* A login that a browser's network panel recorded, made into steps that log in anew, whoever it is. */

const pair = z.object({ name: z.string(), value: z.string() });
const entry = z.object({
  _resourceType: z.string().optional(),
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers: z.array(pair).default([]),
    postData: z.object({ mimeType: z.string().default(""), text: z.string().default("") }).optional(),
  }),
  response: z.object({
    status: z.number(),
    headers: z.array(pair).default([]),
    redirectURL: z.string().default(""),
    content: z.object({
      mimeType: z.string().default(""),
      text: z.string().default(""),
      encoding: z.string().optional(),
    }),
  }),
});
const har = z.object({ log: z.object({ entries: z.array(entry) }) });
type Entry = z.output<typeof entry>;

export interface ReadHar {
  readonly steps: readonly Step[];
  /** What was put in the place of what, for people. */
  readonly substitutions: readonly string[];
}

export interface HarOptions {
  /** Origins whose requests belong to the login. */
  readonly origins: readonly string[];
  readonly target: URL;
  /** The values of every user: whoever was recorded is replaced by whoever logs in. */
  readonly users: readonly Readonly<Record<string, string>>[];
}

/** A shorter value is the same each time. */
const shortestVolatile = 8;

/** @throws Error that says what is wrong with the recording */
export function readHar(text: string, { origins, target, users }: HarOptions): ReadHar {
  const parsed = har.safeParse(parse(text));
  if (!parsed.success) throw new Error("is no HAR: it has no log.entries");
  const all = parsed.data.log.entries.filter(({ request }) => origins.includes(originOf(request.url)));
  const chains = chainsOf(all).filter(({ first }) => !isStatic(first));
  const last = chains.findLastIndex(({ first }) => !["GET", "HEAD"].includes(first.request.method));
  if (last < 0) throw new Error("records no login: it has no request but GET to the target");

  const substitutions: string[] = [];
  const steps: (Step & { pick: NonNullable<Step["pick"]> })[] = [];
  const seen: Entry[] = [];
  let picks = 0;
  for (const { first, end } of chains.slice(0, last + 1)) {
    steps.push({ ...stepOf(first), pick: {} });
    seen.push(end);
  }
  return { steps: steps.map(withoutEmpty), substitutions };

  function stepOf({ request }: Entry): Step {
    const { method, headers, postData } = request;
    const url = new URL(request.url);
    for (const [name, value] of [...url.searchParams])
      url.searchParams.set(name, replaced(value, `${name} of the query`, name));
    const path = (url.origin === target.origin ? "" : url.origin) + url.pathname + decodeURIComponent(url.search);
    const own = headers.filter(({ name }) => isOwnHeader(name));
    const kept = Object.fromEntries(own.map(({ name, value }) => [name, replaced(value, `the header ${name}`, name)]));
    const step = { kind: "request" as const, method, path, as: "form" as const, follow: true, headers: kept };
    if (!postData) return step;
    if (/x-www-form-urlencoded/i.test(postData.mimeType)) {
      const given = [...new URLSearchParams(postData.text)];
      const fields = Object.fromEntries(given.map(([name, value]) => [name, replaced(value, name, name)]));
      return { ...step, fields };
    }
    const body = /json/i.test(postData.mimeType) ? bodyOf(parse(postData.text)) : postData.text;
    return { ...step, headers: { ...kept, "Content-Type": postData.mimeType }, body };
  }

  function bodyOf(json: unknown): string {
    const walk = (value: unknown, name: string): unknown => {
      if (typeof value === "string") return replaced(value, name, name);
      if (Array.isArray(value)) return value.map((each) => walk(each, name));
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each, key)]));
    };
    return JSON.stringify(walk(json, ""));
  }

  /** The user's values by what they are, or by what their field is called; what an earlier answer had is picked again. */
  function replaced(value: string, where: string, name: string): string {
    if (value.includes("$user.")) return value;
    const known = users.flatMap((each) => Object.entries(each)).find(([, own]) => own === value)?.[0];
    const called = known ?? calledLike(name, value);
    if (called) return say(where, `$user.${called}`);
    if (value.length < shortestVolatile) return value;
    for (const [at, answer] of seen.entries()) {
      const step = steps[at];
      const pick = whereIs(value, answer);
      if (!step || !pick) continue;
      const key = `v${++picks}`;
      step.pick[key] = pick;
      return say(where, `$picked.${key}`, `picked from ${step.method} ${step.path}`);
    }
    return value;
  }

  function say(where: string, what: string, from = ""): string {
    substitutions.push(`${where} is ${what}${from && `, ${from}`}`);
    return what;
  }
}

function calledLike(name: string, value: string): string | null {
  if (/pass(word|wd|phrase)?$|^pwd$/i.test(name)) return "password";
  if (/otp|one.?time|2fa|mfa|^code$/i.test(name) && /^\d{6}$/.test(value)) return "totp";
  return /^(user.?name|user|e.?mail|login|log|account)$/i.test(name) ? "name" : null;
}

/** Where an answer has a value, in the words of `pick`. */
function whereIs(value: string, { response }: Entry): NonNullable<Step["pick"]>[string] | null {
  const { content, headers } = response;
  const text = content.encoding === "base64" ? Buffer.from(content.text, "base64").toString("utf8") : content.text;
  const inputs = readPage(text).forms.flatMap((form) => form.inputs);
  const input = inputs.find((each) => each.value === value);
  if (input) return { input: input.name };
  const json = /json/i.test(content.mimeType) ? pointerTo(value, parse(text)) : null;
  if (json !== null) return { json };
  for (const header of headers) {
    const [cookie = "", given] = header.value.split(";")[0]?.split(/=(.*)/s) ?? [];
    if (header.name.toLowerCase() === "set-cookie") {
      if (given === value) return { cookie };
    } else if (header.value === value) return { header: header.name };
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

/** A request with the redirects behind it, which are followed anew. */
function chainsOf(entries: readonly Entry[]): readonly { readonly first: Entry; readonly end: Entry }[] {
  const chains: { first: Entry; end: Entry }[] = [];
  for (const each of entries) {
    const before = chains.at(-1);
    const next = before && before.end.response.redirectURL !== "" && locationOf(before.end);
    if (before && next === each.request.url.split("#")[0]) before.end = each;
    else chains.push({ first: each, end: each });
  }
  return chains;
}

function locationOf({ request, response }: Entry): string | null {
  return URL.canParse(response.redirectURL, request.url)
    ? (new URL(response.redirectURL, request.url).href.split("#")[0] ?? null)
    : null;
}

const staticTypes = /^(image|font|stylesheet|script|media|manifest|other|ping|preflight|websocket)$/;

function isStatic({ _resourceType: type, request, response }: Entry): boolean {
  if (request.method === "OPTIONS") return true;
  if (request.method !== "GET") return false;
  return type === undefined
    ? /image|font|css|javascript|video|audio/i.test(response.content.mimeType)
    : staticTypes.test(type);
}

/** What the page's scripts say; the rest the client says by itself. */
function isOwnHeader(name: string): boolean {
  return /^x-/i.test(name) || /csrf|xsrf|api-key/i.test(name);
}

function withoutEmpty({ pick = {}, headers = {}, ...step }: Step): Step {
  return {
    ...step,
    ...(Object.keys(pick).length > 0 && { pick }),
    ...(Object.keys(headers).length > 0 && { headers }),
  };
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
