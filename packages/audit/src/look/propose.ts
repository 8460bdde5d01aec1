import type { Caused } from "../browser/tab.ts";
import type { AuditFile, Flow } from "../file/schema.ts";
import { headerOf } from "../http/exchange.ts";
import { isStatic } from "../login/har.ts";
import { calledLike, type Recorded, stepsOf } from "../login/recorded.ts";
import { saysLogOut } from "../login/words.ts";

/** What one visit to a target, with a login and a logout, says about how to log in and out. */
export interface Proposal {
  /** What was typed: who was recorded. Only to try it out, and never written. */
  readonly user: Readonly<Record<string, string>>;
  /** The first that works is the one to take. */
  readonly logins: readonly Flow[];
  readonly logouts: readonly Flow[];
  /** Addresses whose answers said the user's name, the likeliest first. */
  readonly whoami: readonly string[];
  /** Other origins that the login led to. */
  readonly alsoAllowed: readonly string[];
}

type FormFlow = Extract<AuditFile["login"], { kind: "form" }>;

/** @throws Error that says what was not seen */
export function propose(caused: readonly Caused[], target: URL): Proposal {
  const all = [...caused].sort((a, b) => a.at - b.at).filter(({ answer }) => answer !== null);
  const at = all.findIndex((each) => typedIn(each).password !== undefined);
  const logIn = all[at];
  if (!logIn) throw new Error("No request with a password was seen, so nobody logged in");
  const user = typedIn(logIn);
  const after = all.slice(at + 1);
  const out = after.findLastIndex(isLogOut);
  const logOut = after[out];
  const inside = out < 0 ? after : after.slice(0, out);
  const before = all.slice(0, at + 1);
  const used = [...before, ...(logOut ? [logOut] : [])].filter(
    ({ method, type }) => method !== "GET" || type === "document",
  );
  const origins = new Set(used.map(({ url }) => new URL(url).origin));
  const options = { target, users: [user] };
  const loginSteps = stepsOf(before.map(recordedOf), { ...options });
  const withBearer = stepsOf([...before, ...inside.filter(({ method }) => method === "GET")].map(recordedOf), options);
  return {
    user,
    logins: [
      ...formOf(logIn, user, target),
      { kind: "http", steps: [...(withBearer.steps.length > 0 ? withBearer : loginSteps).steps] },
    ],
    logouts: logOut ? logoutsOf(logOut, [...inside, logOut], options) : [],
    whoami: namingUser(inside, user, target),
    alsoAllowed: [...origins].filter((origin) => origin !== target.origin),
  };
}

function logoutsOf(logOut: Caused, inside: readonly Caused[], options: Parameters<typeof stepsOf>[1]): readonly Flow[] {
  const { target } = options;
  const url = new URL(logOut.url);
  const path = pathOf(url, target);
  if (logOut.method === "GET") return [{ kind: "request", method: "GET", path, as: "form" }];
  const page = new URL(logOut.from);
  const isForm = logOut.type === "document" && page.origin === target.origin;
  const { steps } = stepsOf(inside.map(recordedOf), { ...options, isPruned: true });
  return [
    ...(isForm ? [{ kind: "form" as const, page: pathOf(page, target), fields: {}, action: path }] : []),
    { kind: "http", steps: [...steps] },
  ];
}

/** As the form that was filled in, where it was one. */
function formOf({ method, type, from, body }: Caused, user: Proposal["user"], target: URL): readonly FormFlow[] {
  if (method !== "POST" || type !== "document" || !URL.canParse(from)) return [];
  const typed = [...new URLSearchParams(body)].flatMap(([name, value]) => {
    const key = Object.entries(user).find(([, own]) => own === value)?.[0];
    return key ? [[name, `$user.${key}`] as const] : [];
  });
  return [{ kind: "form", page: pathOf(new URL(from), target), fields: Object.fromEntries(typed) }];
}

/** The name, password and code that a request carries, by what its fields are called. */
function typedIn({ method, body, headers }: Caused): Readonly<Record<string, string>> {
  if (method === "GET" || body === "") return {};
  const type = headerOf({ headers }, "content-type") ?? "";
  const fields = /json/i.test(type) ? leavesOf(parse(body)) : [...new URLSearchParams(body)];
  const password = fields.findIndex(([name]) => calledLike(name, "") === "password");
  const known = fields.flatMap(([name, value]) => {
    const called = calledLike(name, value);
    return called && value !== "" ? [[called, value] as const] : [];
  });
  const typed = Object.fromEntries(known);
  // A name is what stands before the password, however it is called.
  const [, name] = fields.slice(0, Math.max(0, password)).at(-1) ?? [];
  return { ...(name && { name }), ...typed };
}

function leavesOf(json: unknown, name = ""): readonly (readonly [string, string])[] {
  if (typeof json === "string") return [[name, json]];
  if (typeof json !== "object" || json === null) return [];
  return Object.entries(json).flatMap(([key, value]) => leavesOf(value, key));
}

function isLogOut({ url, method, type }: Caused): boolean {
  return saysLogOut.test(new URL(url).pathname + new URL(url).search) && (method !== "GET" || type === "document");
}

function namingUser(inside: readonly Caused[], { name = "" }: Proposal["user"], target: URL): readonly string[] {
  const named = inside.filter(
    ({ method, url, answer }) =>
      method === "GET" &&
      new URL(url).origin === target.origin &&
      answer?.status === 200 &&
      name !== "" &&
      answer.text.includes(name),
  );
  const isData = ({ answer }: Caused) => /json/i.test((answer && headerOf(answer, "content-type")) ?? "");
  const sorted = [...named.filter(isData), ...named.filter((each) => !isData(each))];
  return [...new Set(sorted.map(({ url }) => pathOf(new URL(url), target)))];
}

function recordedOf({ method, url, headers, body, type, answer }: Caused): Recorded {
  return {
    method,
    url,
    headers,
    body: body === "" ? null : { type: headerOf({ headers }, "content-type") ?? "", text: body },
    isStatic: isStatic(method, type, ""),
    answer: {
      status: answer?.status ?? 0,
      headers: answer?.headers ?? [],
      text: answer?.text ?? "",
      redirectsTo: (answer && headerOf(answer, "location")) ?? "",
    },
  };
}

function pathOf(url: URL, target: URL): string {
  return (url.origin === target.origin ? "" : url.origin) + url.pathname + url.search;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
