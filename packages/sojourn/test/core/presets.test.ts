import { expect, test } from "vitest";
import { deviationsFrom } from "../../src/core/deviations.ts";
import { defaultPolicy, type Policy } from "../../src/core/policy.ts";
import type { Settings } from "../../src/core/settings.ts";
import { createSessionManager } from "../../src/manager.ts";
import { asvsL2, hipaa, nistAal1, nistAal2, nistAal3, owasp, type Preset, pciDss4 } from "../../src/presets/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const presets = { owasp, asvsL2, nistAal1, nistAal2, nistAal3, pciDss4, hipaa };

test.each<[keyof typeof presets, string, Policy["idle"], Policy["absolute"], Policy["onIdle"]]>([
  ["owasp", "owasp", "30m", "8h", "end"],
  ["asvsL2", "asvs-l2", "30m", "8h", "end"],
  ["nistAal1", "nist-aal1", "30m", "30d", "end"],
  ["nistAal2", "nist-aal2", "1h", "24h", "lock"],
  ["nistAal3", "nist-aal3", "15m", "12h", "end"],
  ["pciDss4", "pci-dss-4", "15m", "12h", "end"],
  ["hipaa", "hipaa", "15m", "12h", "end"],
])("%s claims %s with %s of inactivity, %s in all, then %s", (preset, name, idle, absolute, onIdle) => {
  expect(presets[preset]).toMatchObject({ claims: { name }, idle, absolute, onIdle });
});

test("the owasp preset is the library's default policy, as a claim", () => {
  const { claims, ...policy } = owasp;
  expect(claims.name).toBe("owasp");
  expect(policy).toEqual(defaultPolicy);
});

test("only ASVS, which wants a documented maximum, limits the sessions of a user", () => {
  const limits = Object.values(presets).map(({ sessionsPerUser }) => sessionsPerUser);
  expect(limits).toEqual(["unlimited", 5, "unlimited", "unlimited", "unlimited", "unlimited", "unlimited"]);
});

test.each(Object.entries(presets))("a manager can be made with %s, which meets its own claim", (_, preset) => {
  const { settings } = createSessionManager({ store: memoryStore(), policy: preset, csrf: "token" });
  expect(settings.policy).toEqual(preset);
  expect(deviationsFrom(preset.claims, settings)).toEqual([]);
});

test.each<[string, Preset, Partial<Policy>, readonly string[]]>([
  ["owasp", owasp, { idle: "31m", absolute: "9h" }, ["OSM-26", "OSM-27"]],
  ["asvsL2", asvsL2, { idle: "61m", absolute: "25h" }, ["ASVS-7.1.1", "ASVS-7.1.1"]],
  ["nistAal1", nistAal1, { idle: "29d", absolute: "31d" }, ["N63B-01"]],
  ["nistAal2", nistAal2, { idle: "61m", absolute: "25h", onIdle: "end" }, ["N63B-04", "N63B-03"]],
  ["nistAal3", nistAal3, { idle: "16m", absolute: "13h", onIdle: "lock" }, ["N63B-07", "N63B-06", "N63B-37"]],
  ["pciDss4", pciDss4, { idle: "16m", absolute: "30d", onIdle: "lock" }, ["PCI-8.2.8"]],
  ["hipaa", hipaa, { idle: "10h", absolute: "30d", onIdle: "lock" }, ["HIP-01"]],
])("%s demands of time what its standard has a number or a rule for, and no more", (_, preset, weaker, sources) => {
  const settings = settingsWith({ policy: { ...preset, ...weaker } });
  expect(deviationsFrom(preset.claims, settings).map(({ source }) => source)).toEqual(sources);
});

const cookieDemands: readonly [string, Preset, { readonly [weakness: string]: readonly string[] }][] = [
  ["owasp", owasp, { csrf: [], persistent: ["OSM-17"], insecure: ["OSM-11"], site: [], path: [], embedded: [] }],
  [
    "asvsL2",
    asvsL2,
    { csrf: [], persistent: [], insecure: ["ASVS-3.3.1"], site: [], path: ["ASVS-3.3.3"], embedded: [] },
  ],
  ...([nistAal1, nistAal2, nistAal3] as const).map((preset): [string, Preset, { [weakness: string]: string[] }] => [
    preset.claims.name,
    preset,
    {
      csrf: ["N63B-26"],
      persistent: ["N63B-12"],
      insecure: ["N63B-28"],
      site: ["N63B-32"],
      path: ["N63B-32"],
      embedded: ["N63B-33"],
    },
  ]),
  ["pciDss4", pciDss4, { csrf: [], persistent: [], insecure: ["PCI-4.2.1"], site: [], path: [], embedded: [] }],
  ["hipaa", hipaa, { csrf: [], persistent: [], insecure: [], site: [], path: [], embedded: [] }],
];

test.each(cookieDemands)("%s demands of cookie and CSRF what its standard does, and no more", (_, policy, expected) => {
  const found = Object.fromEntries(
    Object.entries({
      csrf: settingsWith({ policy, csrf: "fetch-metadata" }),
      persistent: settingsWith({ policy }, { persistent: true }),
      insecure: settingsWith({ policy }, { scope: "insecure" }),
      site: settingsWith({ policy }, { scope: "site" }),
      path: settingsWith({ policy }, { scope: "path" }),
      embedded: settingsWith({ policy }, { scope: "embedded" }),
    }).map(([weakness, settings]) => [weakness, deviationsFrom(policy.claims, settings).map(({ source }) => source)]),
  );
  expect(found).toEqual(expected);
});

test.each(Object.entries(presets))("nobody can change %s, however deep", (_, preset) => {
  const objects = everyObjectIn(preset);
  expect(objects.length).toBeGreaterThan(4);
  expect(objects.filter((each) => !Object.isFrozen(each))).toEqual([]);
});

function everyObjectIn(value: unknown): readonly object[] {
  return typeof value === "object" && value !== null ? [value, ...Object.values(value).flatMap(everyObjectIn)] : [];
}

type Cookie = Extract<Settings["transport"], { kind: "cookie" }>;

function settingsWith(changes: Partial<Settings>, cookie: Partial<Cookie> = {}): Settings {
  return {
    policy: owasp,
    transport: { kind: "cookie", name: "__Host-Http-id", scope: "host", sameSite: "Lax", persistent: false, ...cookie },
    csrf: "token",
    binding: "off",
    origins: ["https://bank.example"],
    sealed: false,
    store: "memory",
    ...changes,
  };
}
