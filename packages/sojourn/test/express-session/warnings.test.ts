import { expect, test, vi } from "vitest";
import { session } from "../../src/express-session/index.ts";
import type { SessionOptions } from "../../src/express-session/options.ts";
import { differences } from "../../src/express-session/warnings.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { read } from "../docs/repository.ts";

const careful: SessionOptions = {
  secret: "keyboard cat",
  resave: false,
  saveUninitialized: false,
  store: memoryStore(),
  cookie: { sameSite: "lax" },
  policy: { idle: "1h", absolute: "8h" },
};

function warningsOf(options: object): readonly string[] {
  const codes: string[] = [];
  session({ ...careful, ...options, warn: ({ code }) => void codes.push(code) });
  return codes;
}

test.each<[string, object, readonly string[]]>([
  ["nothing", {}, []],
  ["no policy", { policy: undefined }, ["EXPRESS_SESSION_TIMEOUTS"]],
  ["half a policy", { policy: { idle: "1h" } }, ["EXPRESS_SESSION_TIMEOUTS"]],
  ["no sameSite", { cookie: {} }, ["EXPRESS_SESSION_SAME_SITE"]],
  ["a cookie for scripts", { cookie: { sameSite: "lax", httpOnly: false } }, ["EXPRESS_SESSION_HTTP_ONLY"]],
  ["a cookie for plain HTTP", { cookie: { sameSite: "lax", secure: false } }, ["EXPRESS_SESSION_INSECURE"]],
  ["resave", { resave: true }, ["EXPRESS_SESSION_RESAVE"]],
  ["no saveUninitialized", { saveUninitialized: undefined }, ["EXPRESS_SESSION_UNINITIALIZED"]],
  ["genid", { genid: () => "x" }, ["EXPRESS_SESSION_GENID"]],
  ["no store", { store: undefined }, ["EXPRESS_SESSION_MEMORY"]],
  ["a store of express-session", { store: new session.MemoryStore() }, ["EXPRESS_SESSION_STORE"]],
  ["a cookie's option nobody knows", { cookie: { sameSite: "lax", maxage: 1 } }, ["EXPRESS_SESSION_OPTION"]],
  ["an option nobody knows", { saveUninitialised: true }, ["EXPRESS_SESSION_OPTION"]],
])("what is said of %s", (_, options, codes) => {
  expect(warningsOf(options)).toEqual(codes);
});

test("a misspelt option is named, and a store that looks again for what is not there is told how to be quick", () => {
  const messages: string[] = [];
  const warn = ({ message }: { readonly message: string }) => void messages.push(message);
  const patient = Object.assign(new session.MemoryStore(), { options: { retries: 5 } });
  const cookie = { sameSite: "lax", maxage: 1 } as const;
  session({ ...careful, store: patient, cookie, warn });
  session({ ...careful, store: Object.assign(new session.MemoryStore(), { options: { retries: 0 } }), warn });
  expect(messages[0]).toContain("This one looks 5 more times for what is not there, at each request: write retries: 0");
  expect(messages[1]).toContain("Ignored: cookie.maxage");
  expect(messages[2]).toBe(differences.EXPRESS_SESSION_STORE);
});

test.each<[object, string]>([
  [{ maxAge: "1h" }, 'cookie.maxAge is "1h": write milliseconds, like 3_600_000'],
  [{ maxAge: new Date() }, "cookie.maxAge is of type object: write milliseconds, like 3_600_000"],
  [{ maxAge: Number.NaN }, "cookie.maxAge is NaN: write milliseconds, like 3_600_000"],
  [{ sameSite: "laxx" }, 'cookie.sameSite is "laxx": write "lax", "strict", "none", "auto", true or false'],
])("what no cookie could be set with is said when the middleware is made: %o", (cookie, problem) => {
  expect(() => session({ ...careful, cookie: cookie as never })).toThrow(problem);
});

test("what express-session takes for a cookie is taken", () => {
  for (const cookie of [
    { maxAge: null },
    { maxAge: undefined, sameSite: "Strict" },
    { sameSite: true },
    { sameSite: "auto" },
  ]) {
    expect(() => session({ ...careful, cookie: cookie as never, warn: false })).not.toThrow();
  }
});

test("each is said once in a process, with its code, where nobody else is told; and not at all where that is asked for", () => {
  const said = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  session({ ...careful, resave: true });
  session({ ...careful, resave: true });
  session({ ...careful, genid: () => "x", warn: false });
  expect(said.mock.calls).toEqual([
    [differences.EXPRESS_SESSION_RESAVE, { type: "SojournWarning", code: "EXPRESS_SESSION_RESAVE" }],
  ]);
  said.mockRestore();
});

test("the guide has each of them", () => {
  const page = read("docs/moving-from-express-session.md");
  const documented = [...page.matchAll(/^\| `(EXPRESS_SESSION_\w+)` \|/gm)].map(([, code]) => code);
  expect(documented).toEqual(Object.keys(differences));
});
