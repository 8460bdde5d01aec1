import { afterEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { OptionsError } from "../../src/core/errors.ts";
import { createSessionManager } from "../../src/manager.ts";
import { pciDss4 } from "../../src/presets/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { testClock } from "../../src/testing/index.ts";

const store = memoryStore();

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The problems of `options`, as the error lists them. */
function problemsOf(options: unknown): readonly string[] {
  try {
    createSessionManager(options as never);
  } catch (error) {
    if (error instanceof OptionsError) return error.problems;
    throw error;
  }
  return [];
}

test("a store is all it takes", () => {
  const manager = createSessionManager({ store });
  expect(Object.isFrozen(manager)).toBe(true);
  expect(Object.isFrozen(manager.settings)).toBe(true);
  expect(manager.settings).toEqual({
    policy: {
      idle: "30m",
      absolute: "8h",
      onIdle: "end",
      anonymous: { idle: "30m", absolute: "8h" },
      renew: { every: "15m", grace: "30s" },
      sessionsPerUser: "unlimited",
      clockTolerance: "120s",
    },
    transport: { kind: "cookie", name: "__Host-Http-id", scope: "host", sameSite: "Lax", persistent: false },
    csrf: "fetch-metadata",
    binding: "off",
    origins: [],
    sealed: false,
    store: "memory",
  });
});

test("settings say what was built, in facts", () => {
  const codec = { seal: (body: string) => body, open: (body: string) => body };
  const manager = createSessionManager({
    store,
    codec,
    csrf: "token",
    origins: ["https://shop.example"],
    cookie: { scope: "site", domain: "shop.example", sameSite: "Strict", persistent: true, name: "s" },
    policy: { idle: "10m" },
  });
  expect(manager.settings).toMatchObject({
    policy: { idle: "10m", absolute: "8h" },
    transport: { kind: "cookie", name: "__Secure-s", scope: "site", sameSite: "Strict", persistent: true },
    csrf: "token",
    origins: ["https://shop.example"],
    sealed: true,
  });
  expect(createSessionManager({ store, transport: "bearer" }).settings.transport).toEqual({ kind: "bearer" });
});

test.each<[string, unknown, string]>([
  ["no options", undefined, "options are missing: write { store: memoryStore() }"],
  ["null", null, "options are missing: write { store: memoryStore() }"],
  ["no store", {}, "store is missing: write memoryStore(), sqliteStore(db) or another SessionStore"],
  [
    "a word as store",
    { store: "redis" },
    "store is of type string: write memoryStore(), sqliteStore(db) or another SessionStore",
  ],
  [
    "a store without verbs",
    { store: { ...store, update: undefined, idsOf: 1 } },
    "store lacks update, idsOf: write memoryStore(), sqliteStore(db) or another SessionStore",
  ],
  [
    "a store without a name",
    { store: { ...store, name: undefined } },
    "store.name is missing: a SessionStore says its name for error messages",
  ],
  [
    "an option that is none",
    { store, secret: "x" },
    "secret is not an option: there are store, policy, cookie, transport, origins, csrf, binding, schema, upgrade, maxDataBytes, codec, credentialVersionOf, onEvent, signals, liveUpgrade, deadlines, clock",
  ],
  ["a misspelt option", { store, polcy: {} }, "polcy is not an option: did you mean policy?"],
  ["an option in other letters", { store, onevent: () => {} }, "onevent is not an option: did you mean onEvent?"],
  ["a misspelt limit", { store, policy: { idel: "5m" } }, "policy.idel does not exist: did you mean idle?"],
  ["a word as policy", { store, policy: "strict" }, 'policy is "strict": write an object'],
  ["null as policy", { store, policy: null }, "policy is of type null: write an object"],
  [
    "a policy that knows too much",
    { store, policy: { maxAge: 1 } },
    "policy.maxAge does not exist: there are idle, absolute, onIdle, anonymous, renew, sessionsPerUser, clockTolerance, remembered, claims, justifications",
  ],
  ["a number as idle", { store, policy: { idle: 30 } }, 'policy.idle is 30: write a number and a unit, like "30m"'],
  ["no unit", { store, policy: { absolute: "8" } }, 'policy.absolute is "8": write a number and a unit, like "30m"'],
  [
    "no limits for visitors",
    { store, policy: { anonymous: { idle: "5m" } } },
    'policy.anonymous.absolute is missing: write a number and a unit, like "30m"',
  ],
  [
    "idle beyond absolute",
    { store, policy: { idle: "9h" } },
    "policy.idle is longer than policy.absolute: it would never fire",
  ],
  [
    "idle beyond absolute, for visitors",
    { store, policy: { anonymous: { idle: "2h", absolute: "1h" } } },
    "policy.anonymous.idle is longer than policy.anonymous.absolute: it would never fire",
  ],
  [
    "idle within the clocks' difference",
    { store, policy: { idle: "239s" } },
    "policy.idle must be at least twice policy.clockTolerance, or nodes whose clocks differ sign active users out: raise it, or lower clockTolerance where one machine serves all",
  ],
  [
    "another word for onIdle",
    { store, policy: { onIdle: "sleep" } },
    'policy.onIdle is "sleep": write "end" or "lock"',
  ],
  [
    "no session per user",
    { store, policy: { sessionsPerUser: 0 } },
    'policy.sessionsPerUser is 0: write a whole number from 1, or "unlimited"',
  ],
  [
    "half a session per user",
    { store, policy: { sessionsPerUser: 1.5 } },
    'policy.sessionsPerUser is 1.5: write a whole number from 1, or "unlimited"',
  ],
  [
    "text as sessions per user",
    { store, policy: { sessionsPerUser: "5" } },
    'policy.sessionsPerUser is "5": write a whole number from 1, or "unlimited"',
  ],
  [
    "renewal too often",
    { store, policy: { renew: { every: "300s", grace: "30s" } } },
    "policy.renew.every must exceed 2 x (grace + clockTolerance), or a secret is replaced before its predecessor is out of use: raise it, or write renew: false",
  ],
  [
    "renewal without grace",
    { store, policy: { renew: { every: "15m" } } },
    'policy.renew.grace is missing: write a number and a unit, like "30m"',
  ],
  [
    "a word for clock tolerance",
    { store, policy: { clockTolerance: "little" } },
    'policy.clockTolerance is "little": write a number and a unit, like "30m"',
  ],
  ["another transport", { store, transport: "url" }, 'transport is "url": write "cookie" or "bearer"'],
  [
    "a cookie for bearers",
    { store, transport: "bearer", cookie: {} },
    "cookie does not go with the bearer transport: leave it out, or build a second manager",
  ],
  [
    "a word as cookie",
    { store, cookie: "id" },
    'cookie is "id": write an object, like { scope: "host" }, or leave it out',
  ],
  [
    "no origins in the list",
    { store, origins: [] },
    'origins is of type object: write a list like ["https://shop.example"]',
  ],
  [
    "one origin, no list",
    { store, origins: "https://shop.example" },
    'origins is "https://shop.example": write a list like ["https://shop.example"]',
  ],
  [
    "an origin with a path",
    { store, origins: ["https://shop.example/"] },
    'origins holds "https://shop.example/": write scheme and host, and nothing after them, like "https://shop.example"',
  ],
  [
    "no origin at all",
    { store, origins: ["null"] },
    'origins holds "null": write scheme and host, and nothing after them, like "https://shop.example"',
  ],
  [
    "a number as origin",
    { store, origins: [7] },
    'origins holds 7: write scheme and host, and nothing after them, like "https://shop.example"',
  ],
  [
    "a scheme without hosts",
    { store, origins: ["data:x"] },
    'origins holds "data:x": write scheme and host, and nothing after them, like "https://shop.example"',
  ],
  [
    "an origin on plain http",
    { store, origins: ["http://shop.example"] },
    'origins holds "http://shop.example": sessions need https; write "https://shop.example"',
  ],
  [
    "no schema",
    { store, schema: {} },
    "schema is not a Standard Schema: pass one of zod, valibot, arktype or another that implements it",
  ],
  [
    "null as schema",
    { store, schema: null },
    "schema is not a Standard Schema: pass one of zod, valibot, arktype or another that implements it",
  ],
  [
    "a schema that wants something",
    { store, schema: z.object({ cart: z.string() }) },
    "schema does not accept {}: a new session has no data, so make every key optional or give it a default",
  ],
  [
    "an asynchronous schema",
    { store, schema: { "~standard": { validate: () => Promise.reject(new Error("later")) } } },
    "schema is asynchronous: session data needs a synchronous one",
  ],
  [
    "a schema that throws",
    { store, schema: { "~standard": { validate: () => JSON.parse("{") } } },
    "schema threw at {}: a new session has no data, so make every key optional or give it a default",
  ],
  [
    "a word as upgrade",
    { store, upgrade: "v2" },
    "upgrade is incomplete: write { version: 1, step: (data, from) => newData }",
  ],
  [
    "an upgrade without its step",
    { store, upgrade: { version: 1 } },
    "upgrade is incomplete: write { version: 1, step: (data, from) => newData }",
  ],
  [
    "an upgrade to version 0",
    { store, upgrade: { version: 0, step: () => ({}) } },
    "upgrade is incomplete: write { version: 1, step: (data, from) => newData }",
  ],
  [
    "an upgrade to version 1.5",
    { store, upgrade: { version: 1.5, step: () => ({}) } },
    "upgrade is incomplete: write { version: 1, step: (data, from) => newData }",
  ],
  ["no room for data", { store, maxDataBytes: 1 }, "maxDataBytes is 1: write a whole number from 2 to 1048576"],
  [
    "too much room",
    { store, maxDataBytes: 1_048_577 },
    "maxDataBytes is 1048577: write a whole number from 2 to 1048576",
  ],
  ["half a byte", { store, maxDataBytes: 2.5 }, "maxDataBytes is 2.5: write a whole number from 2 to 1048576"],
  ["text as room", { store, maxDataBytes: "16k" }, 'maxDataBytes is "16k": write a whole number from 2 to 1048576'],
  [
    "half a codec",
    { store, codec: { seal: () => "" } },
    "codec is incomplete: write aesGcmCodec({ keys }) or an object with seal and open",
  ],
  [
    "the other half",
    { store, codec: { open: () => "" } },
    "codec is incomplete: write aesGcmCodec({ keys }) or an object with seal and open",
  ],
  [
    "null as codec",
    { store, codec: null },
    "codec is incomplete: write aesGcmCodec({ keys }) or an object with seal and open",
  ],
  [
    "a clock that only shows the time",
    { store, clock: { now: () => 0 } },
    "clock is incomplete: write an object with now and after, or leave it out",
  ],
  [
    "a clock that only waits",
    { store, clock: { after: () => 0 } },
    "clock is incomplete: write an object with now and after, or leave it out",
  ],
  ["null as clock", { store, clock: null }, "clock is incomplete: write an object with now and after, or leave it out"],
  ["a logger as listener", { store, onEvent: console }, "onEvent is of type object: write a function"],
  ["another word for csrf", { store, csrf: "off" }, 'csrf is "off": write "fetch-metadata" or "token"'],
  ["text as deadlines", { store, deadlines: "2s" }, 'deadlines is "2s": write { read: "2s", write: "2s" }'],
  ["null as deadlines", { store, deadlines: null }, 'deadlines is of type null: write { read: "2s", write: "2s" }'],
  ["a misspelt deadline", { store, deadlines: { reed: "2s" } }, "deadlines.reed does not exist: did you mean read?"],
  ["null as transport", { store, transport: null }, 'transport is of type null: write "cookie" or "bearer"'],
  [
    "a misspelt grace",
    { store, policy: { renew: { every: "15m", grace: "30s", graze: "1s" } } },
    "policy.renew.graze does not exist: did you mean grace?",
  ],
  [
    "another key of renewal",
    { store, policy: { renew: { every: "15m", grace: "30s", after: "1s" } } },
    "policy.renew.after does not exist: there are every, grace",
  ],
  [
    "a claim without a name",
    { store, policy: { claims: { demands: [] } } },
    "policy.claims is of type object: spread a preset of sojourn/presets, like { ...pciDss4 }, or leave it out",
  ],
  [
    "a justification that is one beside one that is none",
    { store, policy: { justifications: { idle: "Terminals lock at 5 minutes", absolute: 7 } } },
    'policy.justifications is of type object: write one sentence per setting, like { idle: "..." }',
  ],
  [
    "a third limit for visitors",
    { store, policy: { anonymous: { idle: "30m", absolute: "8h", max: "1h" } } },
    "policy.anonymous.max does not exist: there are idle, absolute",
  ],
  [
    "another key of upgrade",
    { store, upgrade: { version: 1, step: (data: object) => data, steps: [] } },
    "upgrade.steps does not exist: did you mean step?",
  ],
  [
    "a name as claim",
    { store, policy: { claims: "pci-dss-4" } },
    'policy.claims is "pci-dss-4": spread a preset of sojourn/presets, like { ...pciDss4 }, or leave it out',
  ],
  [
    "a claim that demands nothing it could be held to",
    { store, policy: { claims: { name: "pci-dss-4" } } },
    "policy.claims is of type object: spread a preset of sojourn/presets, like { ...pciDss4 }, or leave it out",
  ],
  [
    "null as justifications",
    { store, policy: { justifications: null } },
    'policy.justifications is of type null: write one sentence per setting, like { idle: "..." }',
  ],
  [
    "a number as justification",
    { store, policy: { justifications: { idle: 7 } } },
    'policy.justifications is of type object: write one sentence per setting, like { idle: "..." }',
  ],
  [
    "a time beyond all cookies",
    { store, policy: { absolute: "3651d" } },
    'policy.absolute is "3651d": write at most "3650d"',
  ],
  [
    "clocks that nobody sets",
    { store, policy: { clockTolerance: "11m" } },
    'policy.clockTolerance is "11m": write at most "10m" and synchronise the clocks; a replaced secret is accepted that much longer',
  ],
  [
    "an origin of another kind",
    { store, origins: ["wss://shop.example"] },
    'origins holds "wss://shop.example": write scheme and host, and nothing after them, like "https://shop.example"',
  ],
  [
    "a number as deadline",
    { store, deadlines: { read: 2 } },
    'deadlines.read is 2: write a number and a unit, like "2s"',
  ],
  [
    "no time at all",
    { store, deadlines: { write: "0s" } },
    'deadlines.write is "0s": write a number and a unit, like "2s"',
  ],
])("%s: refused, with what to write instead", (_, options, problem) => {
  expect(problemsOf(options)).toContain(problem);
});

test.each<[string, unknown]>([
  ["idle at twice the clock tolerance", { policy: { idle: "240s", anonymous: { idle: "240s", absolute: "240s" } } }],
  ["idle as long as absolute", { policy: { idle: "8h" } }],
  ["renewal just long enough", { policy: { renew: { every: "300.001s", grace: "30s" } } }],
  ["clocks that agree, where one machine serves all", { policy: { clockTolerance: "0s", idle: "1s" } }],
  ["ten years", { policy: { absolute: "3650d" } }],
  [
    "clocks ten minutes apart",
    { policy: { clockTolerance: "10m", renew: false, idle: "30m", anonymous: { idle: "30m", absolute: "8h" } } },
  ],
  ["no renewal", { policy: { renew: false } }],
  ["one session per user", { policy: { sessionsPerUser: 1 } }],
  ["locking", { policy: { onIdle: "lock" } }],
  ["several origins, ports and loopback", { origins: ["https://a.example:8443", "http://localhost:3000"] }],
  ["plain http where the cookie is insecure", { origins: ["http://a.example"], cookie: { scope: "insecure" } }],
  ["a schema that gives defaults", { schema: z.object({ cart: z.string().default("") }) }],
  ["an upgrade", { upgrade: { version: 1, step: () => ({}) } }],
  ["the least room", { maxDataBytes: 2 }],
  ["the most room", { maxDataBytes: 1_048_576 }],
  ["a clock, a codec, a listener", { clock: testClock(), codec: { seal: String, open: String }, onEvent: () => {} }],
  ["deadlines", { deadlines: { read: "0.1s", write: "10s" } }],
  ["one deadline", { deadlines: { write: "10s" } }],
  ["csrf as it is by default", { csrf: "fetch-metadata" }],
])("%s: accepted", (_, options) => {
  expect(problemsOf({ store, ...(options as object) })).toEqual([]);
});

test("idle of nothing is refused even where clocks agree", () => {
  const problems = problemsOf({ store, policy: { clockTolerance: "0s", idle: "0s" } });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^policy\.idle must be at least twice policy\.clockTolerance/);
});

test("what is wrong with a limit is said once, not as three problems", () => {
  expect(problemsOf({ store, policy: { idle: "soon" } })).toEqual([
    'policy.idle is "soon": write a number and a unit, like "30m"',
  ]);
  expect(problemsOf({ store, policy: { renew: { every: "soon", grace: "30s" } } })).toEqual([
    'policy.renew.every is "soon": write a number and a unit, like "30m"',
  ]);
  expect(problemsOf({ store, policy: { anonymous: "none" } })).toEqual([
    'policy.anonymous.idle is missing: write a number and a unit, like "30m"',
    'policy.anonymous.absolute is missing: write a number and a unit, like "30m"',
  ]);
  expect(problemsOf({ store, policy: { remembered: { idle: "40d", absolute: "30d" } } })).toEqual([
    "policy.remembered.idle is longer than policy.remembered.absolute: it would never fire",
  ]);
  expect(problemsOf({ store, credentialVersionOf: "2" })).toEqual([
    'credentialVersionOf is "2": write a function of a user id',
  ]);
  expect(problemsOf({ store, policy: { renew: true } })).toEqual([
    'policy.renew.every is missing: write a number and a unit, like "30m"',
    'policy.renew.grace is missing: write a number and a unit, like "30m"',
  ]);
});

test("all problems come in one error, which counts them", () => {
  const wrong = { store: 1, policy: { idle: 1, onIdle: "x" }, transport: "x", csrf: "x", clock: 1, extra: 1 };
  const attempt = () => createSessionManager(wrong as never);
  expect(problemsOf(wrong)).toHaveLength(7);
  expect(attempt).toThrow(TypeError);
  expect(attempt).toThrow(/^createSessionManager: 7 problems\n {2}- extra is not an option: .+\n {2}- store is 1: /);
});

test("one problem is counted as one", () => {
  const attempt = () => createSessionManager({ store, csrf: "off" as never });
  expect(attempt).toThrow('createSessionManager: 1 problem\n  - csrf is "off": write "fetch-metadata" or "token"');
});

test("the error has a code and a name, and long values are cut off", () => {
  const error = new OptionsError("createSessionManager", ["a"]);
  expect(error).toMatchObject({ name: "OptionsError", code: "ERR_OPTIONS", problems: ["a"] });
  const [problem] = problemsOf({ store, csrf: "x".repeat(100) });
  expect(problem).toBe(`csrf is "${"x".repeat(60)}": write "fetch-metadata" or "token"`);
});

test.each<[unknown, string]>([
  [undefined, "missing"],
  [null, "of type null"],
  [() => 1, "of type function"],
  [[], "of type object"],
  [true, "true"],
  [5n, "5"],
])("%s is described without its contents", (value, words) => {
  expect(problemsOf({ store: value })[0]).toBe(
    `store is ${words}: write memoryStore(), sqliteStore(db) or another SessionStore`,
  );
});

test("in production the application's origins are required", () => {
  vi.stubEnv("NODE_ENV", "production");
  expect(problemsOf({ store })).toEqual([
    'origins is required in production: write the application\'s own origins, like ["https://shop.example"]',
  ]);
  expect(problemsOf({ store, origins: ["https://shop.example"] })).toEqual([]);
  expect(problemsOf({ store, transport: "bearer" })).toEqual([]);
});

test("in production no cookie goes without Secure", () => {
  vi.stubEnv("NODE_ENV", "production");
  expect(problemsOf({ store, cookie: { scope: "insecure" }, origins: ["https://shop.example"] })).toEqual([
    'cookie.scope "insecure" is refused in production: leave it out and serve over https; on localhost Secure cookies work without it',
  ]);
});

test("a policy weaker than what it claims is refused, every deviation listed", () => {
  expect(problemsOf({ store, policy: { ...pciDss4, idle: "30m" }, cookie: { scope: "insecure" } })).toEqual([
    'policy claims pci-dss-4, which demands idle at most 15m (PCI-8.2.8), and idle is 30m: change it, or say why in policy.justifications["idle"]',
    'policy claims pci-dss-4, which demands cookie.scope not insecure (PCI-4.2.1), and cookie.scope is insecure: change it, or say why in policy.justifications["cookie.scope"]',
  ]);
});

test("a written justification stands in for each deviation; an empty one does not", () => {
  const weaker = { ...pciDss4, idle: "30m" } as const;
  expect(problemsOf({ store, policy: { ...weaker, justifications: { idle: "Terminals lock at 5 minutes" } } })).toEqual(
    [],
  );
  expect(problemsOf({ store, policy: { ...weaker, justifications: { idle: "  " } } })).toHaveLength(1);
  expect(problemsOf({ store, policy: { ...weaker, justifications: { absolute: "unrelated" } } })).toHaveLength(1);
});

test("a policy that keeps what it claims is accepted, and so is a stricter one", () => {
  expect(problemsOf({ store, policy: pciDss4 })).toEqual([]);
  expect(problemsOf({ store, policy: { ...pciDss4, idle: "5m" } })).toEqual([]);
});

test("what a manager was built with cannot be changed afterwards", () => {
  const origins = ["https://shop.example"];
  const manager = createSessionManager({ store, origins });
  expect(() => (manager.settings.origins as string[]).push("https://evil.example")).toThrow(TypeError);
  origins.push("https://evil.example");
  expect(manager.settings.origins).toEqual(["https://shop.example"]);
  expect(Object.isFrozen(manager.settings.policy)).toBe(true);
});
