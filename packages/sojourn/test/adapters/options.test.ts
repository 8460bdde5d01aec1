import { expect, test } from "vitest";
import { astroSessions } from "../../src/adapters/astro.ts";
import { expressSessions } from "../../src/adapters/express.ts";
import { fastifySessions } from "../../src/adapters/fastify.ts";
import { turnAway, withSession as withFetch } from "../../src/adapters/fetch.ts";
import { h3Sessions } from "../../src/adapters/h3.ts";
import { honoSessions } from "../../src/adapters/hono.ts";
import { koaSessions } from "../../src/adapters/koa.ts";
import { nestSessions } from "../../src/adapters/nest.ts";
import { nextSessions } from "../../src/adapters/next.ts";
import { turnAway as turnAwayOnNode, withSession as withNode } from "../../src/adapters/node.ts";
import { reactRouterSessions } from "../../src/adapters/react-router.ts";
import { svelteKitSessions } from "../../src/adapters/sveltekit.ts";
import { createSessionManager, OptionsError, requireUser } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const manager = createSessionManager({ store: memoryStore() });
const onAstro = (options: unknown) => astroSessions(manager, options as never);
const onExpress = (options: unknown) => expressSessions(manager, options as never);
const onFastify = (options: unknown) => fastifySessions(manager, options as never);
const onH3 = (options: unknown) => h3Sessions(manager, options as never);
const onHono = (options: unknown) => honoSessions(manager, options as never);
const onKoa = (options: unknown) => koaSessions(manager, options as never);
const onNest = (options: unknown) => nestSessions(manager, options as never);
const onNext = (options: unknown) => nextSessions(manager, {} as never, options as never);
const onReactRouter = (options: unknown) => reactRouterSessions(manager, options as never);
const onSvelteKit = (options: unknown) => svelteKitSessions(manager, options as never);
const onFetch = (options: unknown) => withFetch(manager, () => new Response(), options as never);
const onNode = (options: unknown) => withNode(manager, () => {}, options as never);

function problemsOf(make: () => unknown): readonly string[] {
  try {
    make();
  } catch (error) {
    if (error instanceof OptionsError) return error.problems;
    throw error;
  }
  return [];
}

test.each<[string, (options: unknown) => unknown, unknown, readonly string[]]>([
  ["Astro", onAstro, { isPoling: () => true }, ["isPoling is not an option: did you mean isPolling?"]],
  ["Express", onExpress, null, ["options is of type null: write an object"]],
  ["Express", onExpress, { isPoling: () => true }, ["isPoling is not an option: did you mean isPolling?"]],
  ["Express", onExpress, { csrf: false }, ["csrf is not an option: there are csrfExempt, isPolling"]],
  ["Express", onExpress, { csrfExempt: ["/hook"] }, ["csrfExempt is of type object: write a function"]],
  ["Fastify", onFastify, { csrfExempt: true }, ["csrfExempt is true: write a function"]],
  ["Fastify", onFastify, { trustProxy: true }, ["trustProxy is not an option: there are csrfExempt, isPolling"]],
  ["Hono", onHono, { behindProxy: "yes" }, ['behindProxy is "yes": write true or false']],
  ["Koa", onKoa, { isPollin: () => true }, ["isPollin is not an option: did you mean isPolling?"]],
  ["Nest", onNest, { isPollin: () => true }, ["isPollin is not an option: did you mean isPolling?"]],
  ["Next", onNext, { behindproxy: true }, ["behindproxy is not an option: did you mean behindProxy?"]],
  ["h3", onH3, { csrfExempt: "/hook" }, ['csrfExempt is "/hook": write a function']],
  ["React Router", onReactRouter, { adress: () => null }, ["adress is not an option: did you mean address?"]],
  [
    "SvelteKit",
    onSvelteKit,
    { handle: true },
    ["handle is not an option: there are behindProxy, csrfExempt, isPolling"],
  ],
  ["fetch", onFetch, { behindproxy: true }, ["behindproxy is not an option: did you mean behindProxy?"]],
  [
    "fetch",
    onFetch,
    { proxy: "10.0.0.5", csrf: "false" },
    [
      "proxy is not an option: there are behindProxy, address, csrf, isPolling, onError",
      'csrf is "false": write true or false',
    ],
  ],
  ["node", onNode, { proxy: "10.0.0.5" }, ['proxy is "10.0.0.5": write a function']],
  ["node", onNode, { onerror: () => {} }, ["onerror is not an option: did you mean onError?"]],
])("%s: what is wrong with an adapter's options is said when it is made", (_, make, options, problems) => {
  expect(problemsOf(() => make(options))).toEqual(problems);
});

test.each<[string, (manager: never) => unknown]>([
  ["Astro", (none) => astroSessions(none)],
  ["Express", (none) => expressSessions(none)],
  ["Fastify", (none) => fastifySessions(none)],
  ["h3", (none) => h3Sessions(none)],
  ["Hono", (none) => honoSessions(none)],
  ["Koa", (none) => koaSessions(none)],
  ["Nest", (none) => nestSessions(none)],
  ["Next", (none) => nextSessions(none, {} as never)],
  ["React Router", (none) => reactRouterSessions(none)],
  ["SvelteKit", (none) => svelteKitSessions(none)],
  ["fetch", (none) => withFetch(none, () => new Response())],
  ["node", (none) => withNode(none, () => {})],
])("%s: without a manager an adapter is not made", (_, make) => {
  const problem = "manager is none: write what createSessionManager returned";
  expect(problemsOf(() => make(undefined as never))).toEqual([problem]);
  expect(problemsOf(() => make({ store: memoryStore() } as never))).toEqual([problem]);
});

test("without a handler there is nothing to wrap", () => {
  expect(problemsOf(() => withFetch(manager, undefined as never))).toEqual(["handler is missing: write a function"]);
  expect(problemsOf(() => withNode(manager, {} as never))).toEqual(["handler is of type object: write a function"]);
});

test("a guard that is given the path alone is told how it is written", () => {
  expect(() => expressSessions(manager).requireUser("/login" as never)).toThrow(
    'requireUser({ at }): write the path of the page people are sent to, like "/login"',
  );
});

test("options as they are documented are accepted, and so are none", () => {
  const [no, none] = [() => false, undefined];
  expect(problemsOf(() => [onExpress({ csrfExempt: no, isPolling: no }), onExpress(none)])).toEqual([]);
  expect(problemsOf(() => [onFastify(none), onFastify({ csrfExempt: no, isPolling: no })])).toEqual([]);
  expect(problemsOf(() => [onHono(none), onHono({ behindProxy: true, csrfExempt: no, isPolling: no })])).toEqual([]);
  expect(problemsOf(() => [onKoa(none), onKoa({ csrfExempt: no, isPolling: no })])).toEqual([]);
  const common = { csrf: false, isPolling: no, onError: () => {} };
  expect(problemsOf(() => [onFetch({ ...common, behindProxy: true }), onFetch({ csrf: none }), onFetch(none)])).toEqual(
    [],
  );
  expect(problemsOf(() => [onNode({ ...common, proxy: no }), onNode({}), onNode(none)])).toEqual([]);
});

test("nobody is turned away to nowhere, whatever the adapter", async () => {
  const request = new Request("https://shop.example/", { headers: { Accept: "text/html" } });
  const facts = { method: "GET", url: request.url, secure: true, header: () => null };
  const sink = { writable: true, setCookie() {}, setHeader() {}, setCaching() {} };
  const verdict = requireUser(await manager.open(facts, sink));
  if (verdict.met) throw new Error("Nobody should be logged in");
  const wrong = { att: "/login" } as never;
  expect(() => turnAway(request, verdict, wrong)).toThrow("turnAway({ att }) does not exist: did you mean at?");
  expect(() => turnAway(request, verdict, { at: "//evil.example" })).toThrow("turnAway({ at }): write the path");
  const incoming = { method: "GET", headers: { accept: "text/html" }, url: "/" } as never;
  expect(() => turnAwayOnNode(incoming, {} as never, verdict, wrong)).toThrow("did you mean at?");
});
