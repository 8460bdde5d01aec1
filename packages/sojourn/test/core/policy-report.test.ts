import { expect, test } from "vitest";
import type { Settings } from "../../src/core/settings.ts";
import { createSessionManager } from "../../src/manager.ts";
import {
  type Answer,
  asvsL2,
  formatPolicyReport,
  hipaa,
  nistAal1,
  nistAal2,
  nistAal3,
  owasp,
  type PolicyReport,
  type PolicyReportRow,
  type Preset,
  pciDss4,
  policyReport,
} from "../../src/presets/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const numbered = (prefix: string, first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => `${prefix}-${String(first + at).padStart(2, "0")}`);

const owaspSessions = numbered("OSM", 1, 39);
const owaspCsrf = numbered("OCS", 1, 24);
const nistAtEveryLevel = numbered("N63B", 9, 46);
const asvs = [
  ...["7.1.1", "7.1.2", "7.1.3", "7.2.1", "7.2.2", "7.2.3", "7.2.4", "7.3.1", "7.3.2", "7.4.1", "7.4.2", "7.4.3"],
  ...["7.4.4", "7.4.5", "7.5.1", "7.5.2", "7.5.3", "7.6.1", "7.6.2", "3.3.1", "3.3.2", "3.3.3", "3.3.4", "3.3.5"],
  ...["3.2.1", "3.4.1", "3.4.2", "3.5.1", "3.5.2", "3.5.3", "3.5.4", "3.5.5", "3.5.8", "6.2.3", "6.3.7", "6.8.4"],
  ...["8.2.4", "8.3.2", "11.2.4", "11.5.1", "14.2.1", "14.2.2", "14.3.1", "14.3.2", "14.3.3", "16.2.5", "16.3.1"],
  "16.5.3",
].map((id) => `ASVS-${id}`);
const pci = [
  ...["8.2.8", "6.2.4", "8.2.5", "8.2.6", "8.3.1", "8.3.2", "8.3.3", "8.3.4", "8.3.9", "8.4", "8.5.1", "4.2.1"],
  ...["10.2.1.4", "10.2.1.5", "10.5.1", "scope"],
].map((id) => `PCI-${id}`);

const claims: readonly [string, Preset, readonly string[]][] = [
  ["owasp", owasp, [...owaspSessions, ...owaspCsrf]],
  ["asvs-l2", asvsL2, asvs],
  ["nist-aal1", nistAal1, [...numbered("N63B", 1, 2), ...nistAtEveryLevel]],
  ["nist-aal2", nistAal2, [...numbered("N63B", 3, 5), ...nistAtEveryLevel]],
  ["nist-aal3", nistAal3, [...numbered("N63B", 6, 8), ...nistAtEveryLevel]],
  ["pci-dss-4", pciDss4, [...pci, ...owaspSessions]],
  ["hipaa", hipaa, numbered("HIP", 1, 7)],
];

test.each(claims)("a claim of %s is answered requirement by requirement, each once", (name, policy, ids) => {
  const report = reportOn({ policy });
  expect(report.claim).toBe(name);
  expect(report.rows.map(({ id }) => id)).toEqual(ids);
});

test.each(claims)("every demand of %s comes from a requirement of its report", (_, policy, ids) => {
  expect(policy.claims.demands.map(({ source }) => source).filter((source) => !ids.includes(source))).toEqual([]);
});

test.each<[string, Preset, readonly string[], number]>([
  ["owasp", owasp, ["OSM-22"], 22],
  ["asvs-l2", asvsL2, [], 27],
  ["nist-aal1", nistAal1, [], 13],
  ["nist-aal2", nistAal2, [], 13],
  ["nist-aal3", nistAal3, [], 14],
  ["pci-dss-4", pciDss4, ["OSM-22"], 29],
  ["hipaa", hipaa, [], 5],
])(
  "the preset %s is met, but for what the library does not do and what the application has to",
  (_, policy, notMet, notDecided) => {
    const { rows, summary } = reportOn({ policy });
    expect(rows.filter(({ answer }) => answer === "not met").map(({ id }) => id)).toEqual(notMet);
    expect(summary).toEqual({
      met: rows.length - notMet.length - notDecided,
      notMet: notMet.length,
      justified: 0,
      notDecided,
    });
  },
);

test("what the application has to do is left to it, with the function that helps", () => {
  const hints = [owasp, asvsL2, nistAal2, pciDss4].flatMap((policy) => reportOn({ policy }).rows);
  const help = (id: string) =>
    hints.find((row) => row.id === id && row.answer === "not decided by the library")?.because;
  expect(help("OSM-30")).toContain("session.end()");
  expect(help("OSM-09")).toContain("Strict-Transport-Security");
  expect(help("OSM-21")).toContain("privilegesChanged");
  expect(help("ASVS-7.4.2")).toContain("manager.revokeAll(userId)");
  expect(help("ASVS-7.5.1")).toContain("requireFresh");
  expect(help("ASVS-7.4.3")).toContain("session.endOthers()");
  expect(help("N63B-39")).toContain("session.endsAt");
  expect(help("PCI-8.2.5")).toContain("manager.revokeAll(userId)");
});

type Change = {
  readonly settings?: Partial<Settings>;
  readonly cookie?: Partial<Cookie>;
  readonly policy?: Partial<Preset>;
};
const bearer: Change = { settings: { transport: { kind: "bearer" } } };

test.each<[string, Preset, Change, Answer, string]>([
  ["OSM-01", owasp, { cookie: { name: "__Host-Http-id" } }, "met", "tells neither"],
  ["OSM-01", owasp, { cookie: { name: "__Secure-president" } }, "met", "tells neither"],
  ["OSM-01", owasp, { cookie: { name: "__Secure-PHPSESSID" } }, "not met", "__Secure-PHPSESSID"],
  ["OSM-01", owasp, { cookie: { name: "__Host-Http-sid" } }, "not met", "__Host-Http-sid"],
  ["OSM-01", owasp, bearer, "met", "Does not apply"],
  ["OSM-06", owasp, { settings: { sealed: true } }, "met", "`codec` is set"],
  ["OSM-06", owasp, { settings: { sealed: false } }, "not decided by the library", "No `codec`"],
  ["OSM-09", owasp, {}, "not decided by the library", "Strict-Transport-Security"],
  ["OSM-09", owasp, { cookie: { scope: "insecure" } }, "not met", "insecure"],
  ["OSM-10", owasp, {}, "met", "refused"],
  ["OSM-10", owasp, { cookie: { scope: "insecure" } }, "not met", "plain HTTP"],
  ["OSM-11", owasp, {}, "met", "`Secure`"],
  ["OSM-11", pciDss4, { cookie: { scope: "insecure" } }, "not met", "lacks `Secure`"],
  ["OSM-11", owasp, bearer, "met", "plain HTTP is refused"],
  ["OSM-12", owasp, {}, "met", "`HttpOnly`"],
  ["OSM-12", owasp, bearer, "not decided by the library", "native client"],
  ["OSM-13", owasp, { cookie: { sameSite: "Strict" } }, "met", "`SameSite=Strict`"],
  ["OSM-13", owasp, { cookie: { scope: "embedded", sameSite: "None" } }, "met", "`Secure` and `Partitioned`"],
  ["OSM-14", owasp, { cookie: { scope: "host" } }, "met", "`__Host-Http-`"],
  ["OSM-14", owasp, { cookie: { scope: "embedded" } }, "met", "`__Host-Http-`"],
  ["OSM-14", owasp, { cookie: { scope: "site" } }, "not decided by the library", "site"],
  ["OSM-14", owasp, { cookie: { scope: "path" } }, "not met", "path"],
  ["OSM-14", owasp, { cookie: { scope: "insecure" } }, "not met", "no prefix"],
  ["OSM-14", owasp, bearer, "met", "no cookie"],
  ["OSM-15", owasp, { cookie: { scope: "path" } }, "met", "given path"],
  ["OSM-15", owasp, { cookie: { scope: "insecure" } }, "met", "no Domain"],
  ["OSM-15", owasp, { cookie: { scope: "site" } }, "not met", "every subdomain"],
  ["OSM-17", owasp, {}, "met", "no `Max-Age`"],
  ["OSM-17", pciDss4, { cookie: { persistent: true } }, "not met", "`Max-Age`"],
  ["OSM-17", owasp, bearer, "not decided by the library", "native client"],
  ["OSM-18", owasp, {}, "met", "`HttpOnly`"],
  ["OSM-18", owasp, bearer, "met", "requests made by web pages are refused"],
  ["OSM-26", owasp, { policy: { idle: "10m" } }, "met", "`idle` is 10m"],
  ["OSM-26", owasp, { policy: { idle: "31m" } }, "not met", "at most 30m"],
  ["OSM-26", pciDss4, { policy: { idle: "31m" } }, "met", "`idle` is 31m"],
  ["OSM-27", owasp, { policy: { absolute: "9h" } }, "not met", "at most 8h"],
  ["OSM-29", owasp, { policy: { renew: { every: "20m", grace: "10s" } } }, "met", "every 20m"],
  ["OSM-29", owasp, { policy: { renew: false } }, "not met", "`renew` is false"],
  ["OSM-38", owasp, { policy: { sessionsPerUser: 3 } }, "met", "oldest session is revoked"],
  ["OSM-38", owasp, {}, "met", "unlimited"],
  ["OCS-01", owasp, { settings: { csrf: "token" } }, "met", "must carry a token"],
  ["OCS-01", owasp, { settings: { csrf: "fetch-metadata" } }, "met", "`csrf` is fetch-metadata"],
  ["OCS-01", owasp, bearer, "met", "Does not apply"],
  ["OCS-02", owasp, { settings: { csrf: "fetch-metadata" } }, "met", "`SameSite`"],
  ["OCS-02", owasp, { settings: { csrf: "token" }, cookie: { sameSite: "None" } }, "met", "a token"],
  ["OCS-02", owasp, { settings: { csrf: "fetch-metadata" }, cookie: { sameSite: "None" } }, "not met", "alone"],
  ["OCS-04", owasp, { settings: { csrf: "token" } }, "met", "changes at login"],
  ["OCS-04", owasp, { settings: { csrf: "fetch-metadata" } }, "met", "Does not apply"],
  ["OCS-12", owasp, {}, "met", "one of `origins`"],
  ["OCS-12", owasp, { settings: { origins: [] } }, "not met", "`origins` is empty"],
  ["OCS-12", owasp, bearer, "met", "Does not apply"],
  ["ASVS-7.1.1", asvsL2, {}, "not decided by the library", "deviates"],
  ["ASVS-7.1.1", asvsL2, { policy: { idle: "2h" } }, "not met", "at most 1h"],
  ["ASVS-7.1.2", asvsL2, {}, "met", "`sessionsPerUser` is 5"],
  ["ASVS-3.3.1", asvsL2, { cookie: { scope: "site" } }, "met", "`__Secure-`"],
  ["ASVS-3.3.1", asvsL2, { cookie: { scope: "path" } }, "met", "`__Secure-`"],
  ["ASVS-3.3.1", asvsL2, { cookie: { scope: "insecure" } }, "not met", "insecure"],
  ["ASVS-3.3.3", asvsL2, { cookie: { scope: "path" } }, "not met", "path"],
  ["ASVS-3.5.4", asvsL2, { cookie: { scope: "path" } }, "not met", "no barrier"],
  ["ASVS-3.5.4", asvsL2, {}, "not decided by the library", "host name"],
  ["N63B-03", nistAal2, { policy: { absolute: "25h" } }, "not met", "at most 24h"],
  ["N63B-04", nistAal2, { policy: { idle: "45m" } }, "met", "`idle` is 45m"],
  ["N63B-04", nistAal2, { policy: { idle: "61m" } }, "not met", "at most 1h"],
  ["N63B-05", nistAal2, {}, "met", "`unlock`"],
  ["N63B-05", nistAal2, { policy: { onIdle: "end" } }, "met", "Does not apply"],
  ["N63B-06", nistAal3, { policy: { absolute: "12.5h" } }, "not met", "at most 12h"],
  ["N63B-12", nistAal2, { cookie: { persistent: true } }, "not met", "demanded: false"],
  ["N63B-20", nistAal2, { cookie: { scope: "insecure" } }, "not met", "plain HTTP"],
  ["N63B-26", nistAal2, { settings: { csrf: "token" } }, "met", "must carry a token"],
  ["N63B-26", nistAal2, { settings: { csrf: "fetch-metadata" } }, "not met", "demanded: token"],
  ["N63B-26", nistAal2, bearer, "met", "Does not apply"],
  ["N63B-29", nistAal2, { cookie: { scope: "site" } }, "not met", "every subdomain"],
  ["N63B-31", nistAal2, { cookie: { persistent: true } }, "met", "`Max-Age` ends with the session"],
  ["N63B-31", nistAal2, {}, "met", "goes with the browser"],
  ["N63B-31", nistAal2, bearer, "met", "no cookie"],
  ["N63B-32", nistAal2, { cookie: { scope: "host" } }, "met", "`__Host-Http-`"],
  ["N63B-32", nistAal2, { cookie: { scope: "site" } }, "not met", "not site"],
  ["N63B-33", nistAal2, { cookie: { scope: "embedded", sameSite: "None" } }, "not met", "not embedded"],
  ["N63B-37", nistAal2, {}, "met", "`onIdle` is lock"],
  ["N63B-37", nistAal1, {}, "met", "refused for good"],
  ["N63B-37", nistAal3, { policy: { onIdle: "lock" } }, "not met", "demanded: end"],
  ["PCI-8.2.8", pciDss4, { policy: { idle: "5m" } }, "met", "`idle` is 5m"],
  ["PCI-8.2.8", pciDss4, { policy: { idle: "16m" } }, "not met", "at most 15m"],
  ["PCI-4.2.1", pciDss4, {}, "not decided by the library", "deployment"],
  ["PCI-4.2.1", pciDss4, { cookie: { scope: "insecure" } }, "not met", "not insecure"],
  ["HIP-01", hipaa, { policy: { idle: "2h" } }, "met", "`idle` is 2h"],
  ["HIP-01", hipaa, { policy: { onIdle: "lock" } }, "not met", "demanded: end"],
])("%s under %o with %o is answered", (id, preset, { settings, cookie, policy }, answer, because) => {
  const report = reportOn({ policy: { ...preset, ...policy }, ...settings }, cookie);
  expect(rowOf(report, id)).toMatchObject({ answer, because: expect.stringContaining(because) });
});

test("a deviation that was given a reason is still not met, and shows the reason", () => {
  const policy = { ...pciDss4, idle: "20m", justifications: { idle: " Terminals lock at 5 minutes. " } } as const;
  const report = policyReport(createSessionManager({ store: memoryStore(), policy }));
  expect(rowOf(report, "PCI-8.2.8")).toEqual({
    id: "PCI-8.2.8",
    standard: "PCI DSS 4.0.1",
    requirement: "After 15 minutes of inactivity at most, the user authenticates again",
    answer: "not met",
    because: "`idle` is 20m; demanded: at most 15m.",
    justification: "Terminals lock at 5 minutes.",
  });
  expect(report.summary).toMatchObject({ notMet: 2, justified: 1 });
});

test("a reason for what does not deviate, and an empty one, are not shown", () => {
  const justifications = { idle: "Not needed", absolute: "  " };
  const report = reportOn({ policy: { ...nistAal2, absolute: "25h", justifications } });
  expect(report.rows.filter((row) => "justification" in row)).toEqual([]);
  expect(rowOf(report, "N63B-03").answer).toBe("not met");
});

test("two deviations of one requirement are shown together, each reason once", () => {
  const justifications = { idle: "Kiosk in a guarded room.", absolute: "Shifts of two days." };
  const report = reportOn({ policy: { ...asvsL2, idle: "2h", absolute: "48h", justifications } });
  expect(rowOf(report, "ASVS-7.1.1")).toMatchObject({
    because: "`idle` is 2h; demanded: at most 1h. `absolute` is 48h; demanded: at most 24h.",
    justification: "Kiosk in a guarded room. Shifts of two days.",
  });
});

test.each([
  [{ idle: "Guarded room.", absolute: "Guarded room." }, "Guarded room."],
  [{ absolute: "Guarded room." }, "Guarded room."],
])("of two deviations with the reasons %o, the reason shown is: %s", (justifications, justification) => {
  const report = reportOn({ policy: { ...asvsL2, idle: "2h", absolute: "48h", justifications } });
  expect(rowOf(report, "ASVS-7.1.1").justification).toBe(justification);
});

test("without a claim, settings are compared with OWASP's sheets, whose numbers are then no demands", () => {
  const { claims: _, ...policy } = { ...owasp, idle: "4h", absolute: "20d" } as const;
  const report = reportOn({ policy });
  expect(report.claim).toBeNull();
  expect(report.rows.map(({ id }) => id)).toEqual([...owaspSessions, ...owaspCsrf]);
  expect(rowOf(report, "OSM-26")).toMatchObject({ answer: "met", because: expect.stringContaining("`idle` is 4h") });
});

test("a claim of the application's own is answered demand by demand, before OWASP's sheets", () => {
  const claims = {
    name: "house-rules",
    demands: [
      { source: "HOUSE-1", setting: "idle", atMost: "10m" },
      { source: "HOUSE-2", setting: "csrf", is: "token" },
      { source: "HOUSE-1", setting: "cookie.scope", isNot: ["site", "path"] },
    ],
  } as const;
  const report = reportOn({ policy: { ...owasp, claims }, csrf: "token" });
  expect(report.rows.slice(0, 2)).toEqual([
    {
      id: "HOUSE-1",
      standard: "house-rules",
      requirement: "`idle`: at most 10m; `cookie.scope`: not site, not path",
      answer: "not met",
      because: "`idle` is 30m; demanded: at most 10m.",
    },
    {
      id: "HOUSE-2",
      standard: "house-rules",
      requirement: "`csrf`: token",
      answer: "met",
      because: "The settings satisfy it.",
    },
  ]);
  expect(report.rows.slice(2).map(({ id }) => id)).toEqual([...owaspSessions, ...owaspCsrf]);
});

test("a claim that bears a standard's name and leaves out its demands does not pass for the standard", () => {
  const report = reportOn({ policy: { ...pciDss4, idle: "1h", claims: { name: "pci-dss-4", demands: [] } } });
  expect(rowOf(report, "PCI-8.2.8").answer).toBe("not met");
});

test.each(claims)("the report on %s is plain data, without functions and secrets", (_, policy) => {
  const codec = { seal: (body: string) => body, open: (body: string) => body, key: "key-that-nobody-may-see" };
  const report = policyReport(createSessionManager({ store: memoryStore(), policy, csrf: "token", codec }));
  const written = JSON.stringify(report);
  expect(JSON.parse(written)).toEqual(report);
  expect(structuredClone(report)).toEqual(report);
  expect(written).not.toContain("key-that-nobody-may-see");
});

test("the report says what was set", () => {
  const report = policyReport(
    createSessionManager({ store: memoryStore(), policy: asvsL2, origins: ["https://bank.example"] }),
  );
  expect(report.settings).toEqual({
    idle: "30m",
    absolute: "8h",
    onIdle: "end",
    "anonymous.idle": "30m",
    "anonymous.absolute": "8h",
    renew: "every 15m, grace 30s",
    sessionsPerUser: "5",
    clockTolerance: "120s",
    transport: "cookie",
    "cookie.name": "__Host-Http-id",
    "cookie.scope": "host",
    "cookie.sameSite": "Lax",
    "cookie.persistent": "false",
    csrf: "fetch-metadata",
    origins: "https://bank.example",
    sealed: "false",
    store: memoryStore().name,
  });
  const native = reportOn({ policy: { ...owasp, renew: false }, origins: [], transport: { kind: "bearer" } });
  expect(native.settings).toMatchObject({ transport: "bearer", renew: "false", origins: "none" });
  expect(Object.keys(native.settings).filter((setting) => setting.startsWith("cookie"))).toEqual([]);
});

const deviating = { ...nistAal2, idle: "2h", absolute: "48h", justifications: { idle: "Guarded room" } } as const;

test("printed, the worst comes first", () => {
  const lines = formatPolicyReport(reportOn({ policy: deviating, csrf: "token" })).split("\n");
  expect(lines.slice(0, 2)).toEqual([
    "Policy report: claims nist-aal2",
    "2 not met (1 with a justification), 13 not decided by the library, 26 met",
  ]);
  expect(lines.filter((line) => /^[A-Z, ]+ \(\d+\)$/.test(line))).toEqual([
    "NOT MET (1)",
    "NOT MET, JUSTIFIED (1)",
    "NOT DECIDED BY THE LIBRARY (13)",
    "MET (26)",
  ]);
  const justified = lines.slice(
    lines.indexOf("NOT MET, JUSTIFIED (1)") + 2,
    lines.indexOf("NOT DECIDED BY THE LIBRARY (13)") - 1,
  );
  expect(justified).toEqual([
    "N63B-04  An inactivity timeout, recommended 1   `idle` is 2h; demanded: at most 1h.",
    "         hour at most                           Justification: Guarded room",
  ]);
});

test.each([100, 72, 60, 140])("printed, every line fits into %i columns and no row is lost", (width) => {
  const report = reportOn({ policy: deviating, origins: [`https://${"long.".repeat(40)}example`] });
  const printed = formatPolicyReport(report, { width });
  expect(Math.max(...printed.split("\n").map((line) => line.length))).toBeLessThanOrEqual(width);
  expect(report.rows.filter(({ id }) => !printed.includes(`\n${id} `))).toEqual([]);
  expect(printed.replace(/\s+/g, "")).toContain(`https://${"long.".repeat(40)}example`);
});

test("printed, a line is filled to its last column before it is broken", () => {
  const reason = `${"a".repeat(18)} ${"b".repeat(18)}`;
  const printed = formatPolicyReport(reportOn({ policy: { ...deviating, justifications: { idle: reason } } }));
  expect(
    printed
      .split("\n")
      .filter((line) => line.endsWith(`Justification: ${reason}`))
      .map(({ length }) => length),
  ).toEqual([100]);
});

test("printed, it is 100 columns wide, and never narrower than 60", () => {
  const report = reportOn({ policy: owasp });
  expect(formatPolicyReport(report)).toBe(formatPolicyReport(report, { width: 100 }));
  expect(formatPolicyReport(report)).toContain(`\n${"-".repeat(100)}\n`);
  expect(formatPolicyReport(report, { width: 10 })).toBe(formatPolicyReport(report, { width: 60 }));
});

test("printed, a policy without a claim says so", () => {
  const { claims: _, ...policy } = owasp;
  expect(formatPolicyReport(reportOn({ policy }))).toMatch(/^Policy report: no standard is claimed\n/);
});

const escapeCode = "\u001b";

test("printed, there is colour only where it is asked for", () => {
  const report = reportOn({ policy: deviating });
  expect(formatPolicyReport(report)).not.toContain(escapeCode);
  const coloured = formatPolicyReport(report, { color: true });
  expect(coloured).toContain(`${escapeCode}[31mNOT MET (1)${escapeCode}[0m`);
  expect(coloured.replaceAll(new RegExp(`${escapeCode}\\[\\d+m`, "g"), "")).toBe(formatPolicyReport(report));
});

test("printed, a reason with line breaks or escape sequences cannot redraw the terminal", () => {
  const justifications = { idle: `Guarded\r\n${escapeCode}[2Jroom\u202e` };
  const printed = formatPolicyReport(reportOn({ policy: { ...deviating, justifications } }));
  expect(printed).toContain("Justification: Guarded [2Jroom\n");
  expect(printed.replaceAll("\n", "")).toMatch(/^[ -~]+$/);
});

type Cookie = Extract<Settings["transport"], { kind: "cookie" }>;

function reportOn(changes: Partial<Settings>, cookie: Partial<Cookie> = {}): PolicyReport {
  const settings: Settings = {
    policy: owasp,
    transport: { kind: "cookie", name: "__Host-Http-id", scope: "host", sameSite: "Lax", persistent: false, ...cookie },
    csrf: "token",
    binding: "off",
    origins: ["https://bank.example"],
    sealed: false,
    store: "memory",
    ...changes,
  };
  return policyReport({ settings });
}

function rowOf(report: PolicyReport, id: string): PolicyReportRow {
  const [row, ...others] = report.rows.filter((each) => each.id === id);
  expect(others).toEqual([]);
  if (!row) throw new Error(`The report has no row ${id}`);
  return row;
}
