import { expect, test } from "vitest";
import { deviationsFrom, inWords } from "../../src/core/deviations.ts";
import { type Demand, defaultPolicy, type Policy } from "../../src/core/policy.ts";
import type { Settings } from "../../src/core/settings.ts";

const cookie = { kind: "cookie", name: "__Host-Http-id", scope: "host", sameSite: "Lax", persistent: false } as const;
const settings: Settings = {
  policy: { ...defaultPolicy, anonymous: { idle: "20m", absolute: "2h" }, sessionsPerUser: 5 },
  transport: cookie,
  csrf: "fetch-metadata",
  binding: "off",
  origins: ["https://bank.example"],
  sealed: false,
  store: "memory",
};
const withPolicy = (changes: Partial<Policy>): Settings => ({
  ...settings,
  policy: { ...settings.policy, ...changes },
});

test.each<[string, Demand, Settings]>([
  ["a time at its limit", { source: "X-1", setting: "idle", atMost: "30m" }, settings],
  ["the same time in another unit", { source: "X-1", setting: "idle", atMost: "1800s" }, settings],
  ["a shorter time", { source: "X-1", setting: "absolute", atMost: "1d" }, settings],
  ["anonymous idle at its limit", { source: "X-1", setting: "anonymous.idle", atMost: "20m" }, settings],
  ["anonymous absolute at its limit", { source: "X-1", setting: "anonymous.absolute", atMost: "2h" }, settings],
  ["a number of sessions at its limit", { source: "X-1", setting: "sessionsPerUser", atMost: 5 }, settings],
  ["ending as demanded", { source: "X-1", setting: "onIdle", is: "end" }, settings],
  ["tokens as demanded", { source: "X-1", setting: "csrf", is: "token" }, { ...settings, csrf: "token" }],
  ["a cookie gone with the browser", { source: "X-1", setting: "cookie.persistent", is: false }, settings],
  ["a scope that is not excluded", { source: "X-1", setting: "cookie.scope", isNot: ["site", "path"] }, settings],
])("%s satisfies the demand", (_, demand, actual) => {
  expect(deviationsFrom({ name: "house-rules", demands: [demand] }, actual)).toEqual([]);
});

test.each<[Demand, Settings, string, string]>([
  [{ source: "X-1", setting: "idle", atMost: "29m" }, settings, "at most 29m", "30m"],
  [{ source: "X-2", setting: "idle", atMost: "15m" }, withPolicy({ idle: "901s" }), "at most 15m", "901s"],
  [{ source: "X-3", setting: "absolute", atMost: "7.9h" }, settings, "at most 7.9h", "8h"],
  [{ source: "X-4", setting: "anonymous.idle", atMost: "19m" }, settings, "at most 19m", "20m"],
  [{ source: "X-5", setting: "anonymous.absolute", atMost: "1h" }, settings, "at most 1h", "2h"],
  [{ source: "X-6", setting: "sessionsPerUser", atMost: 4 }, settings, "at most 4", "5"],
  [
    { source: "X-7", setting: "sessionsPerUser", atMost: 1_000_000 },
    withPolicy({ sessionsPerUser: "unlimited" }),
    "at most 1000000",
    "unlimited",
  ],
  [{ source: "X-8", setting: "onIdle", is: "lock" }, settings, "lock", "end"],
  [{ source: "X-9", setting: "csrf", is: "token" }, settings, "token", "fetch-metadata"],
  [
    { source: "X-10", setting: "cookie.persistent", is: false },
    { ...settings, transport: { ...cookie, persistent: true } },
    "false",
    "true",
  ],
  [
    { source: "X-11", setting: "cookie.scope", isNot: ["site", "path"] },
    { ...settings, transport: { ...cookie, scope: "path" } },
    "not site, not path",
    "path",
  ],
])("%o is not satisfied by what is set", (demand, actual, demanded, set) => {
  const { setting, source } = demand;
  expect(deviationsFrom({ name: "house-rules", demands: [demand] }, actual)).toEqual([
    { setting, source, demanded, actual: set },
  ]);
  expect(inWords(demand)).toBe(demanded);
});

test("a manager without a cookie is not measured by rules for cookies and CSRF", () => {
  const demands: readonly Demand[] = [
    { source: "X-1", setting: "csrf", is: "token" },
    { source: "X-2", setting: "cookie.persistent", is: false },
    { source: "X-3", setting: "cookie.scope", isNot: ["host", "site", "path", "embedded", "insecure"] },
  ];
  expect(deviationsFrom({ name: "house-rules", demands }, { ...settings, transport: { kind: "bearer" } })).toEqual([]);
});

test("what is no time satisfies no limit of time", () => {
  const demands: readonly Demand[] = [{ source: "X-1", setting: "idle", atMost: "15m" }];
  const unchecked = withPolicy({ idle: "never" as Policy["idle"] });
  expect(deviationsFrom({ name: "house-rules", demands }, unchecked)).toMatchObject([{ actual: "never" }]);
});

test("every deviation is listed, in the order of the claim", () => {
  const demands: readonly Demand[] = [
    { source: "X-1", setting: "absolute", atMost: "1h" },
    { source: "X-2", setting: "sessionsPerUser", atMost: 9 },
    { source: "X-3", setting: "idle", atMost: "1m" },
    { source: "X-1", setting: "onIdle", is: "lock" },
  ];
  const found = deviationsFrom({ name: "house-rules", demands }, settings);
  expect(found.map(({ source, setting }) => `${source} ${setting}`)).toEqual([
    "X-1 absolute",
    "X-3 idle",
    "X-1 onIdle",
  ]);
});
