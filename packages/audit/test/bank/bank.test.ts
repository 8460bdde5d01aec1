import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../../src/cli/command.ts";
import { audit, countsOf, exitCodeOf, findingsOf, type Plan } from "../../src/index.ts";
import { servePlain } from "../support/serve.ts";
import { recordTrials } from "../support/trials.ts";
import { bankFile } from "./bank-file.ts";
import { createGateway, planted } from "./gateway.ts";
import { customers, password, type RunningBank, startBank } from "./start-bank.ts";

let bank: RunningBank;
beforeAll(async () => {
  bank = await startBank();
});
afterAll(() => bank.close());

describe("our own bank", () => {
  test("has no finding and nothing inconclusive, and every check runs but those that need what the bank has not, time, https or a binding, and takes about what was said before", async () => {
    let plan: Plan | null = null;
    const onPlan = (given: Plan) => {
      plan = given;
    };
    const report = await audit(bankFile(bank.url), { onPlan });
    recordTrials("the bank", report, { flaws: new Set() });
    expect(report.lost).toBeNull();
    expect(findingsOf(report).map(({ id, summary }) => `${id} ${summary}`)).toEqual([]);
    expect(
      report.checks.filter(({ verdict }) => verdict === "inconclusive").map(({ id, summary }) => `${id} ${summary}`),
    ).toEqual([]);
    expect(report.checks.filter(({ verdict }) => verdict === "not run").map(({ id }) => id)).toEqual([
      "X-TLS-01",
      "X-TLS-02",
      "X-FIX-07",
      "X-END-09",
      "X-END-11",
      "X-CSRF-04",
      "X-CONC-04",
      "X-CONC-05",
      "X-BIND-03",
      "X-BIND-04",
      "X-BIND-05",
      "X-BIND-06",
      "X-STEP-01",
      "X-STEP-02",
      "X-TOK-06",
      "X-TIME-01",
      "X-TIME-02",
      "X-TIME-03",
      "X-TIME-04",
      "X-TIME-05",
    ]);
    expect(exitCodeOf(report)).toBe(0);
    const { requests, logins, browser } = plan ?? { requests: 0, logins: 0, browser: null };
    expect(browser).toMatch(/^Chromium \d+$/);
    expect(Math.abs(requests / report.requests - 1), `${requests} of ${report.requests}`).toBeLessThan(0.25);
    expect(Math.abs(logins / report.logins - 1), `${logins} of ${report.logins}`).toBeLessThan(0.25);
    expect(report.took).toBeLessThan(120_000);
  }, 180_000);

  test("needs no audit file: a URL, a name and a password are enough to begin", async () => {
    const said: string[] = [];
    const code = await runCommand(["run", bank.url], {
      environment: { AUDIT_USER: customers.alice, AUDIT_PASSWORD: password },
      out: { write: (text) => said.push(text) },
      err: { write: (text) => said.push(text) },
    });
    expect(code, said.join("")).toBe(0);
    expect(said.join("")).toContain("No findings.");
    expect(said.join("")).not.toContain(password);
  });
});

test("every flaw planted in front of the bank is found, and nothing else of any weight", async () => {
  const gateway = await servePlain(createGateway(bank.url));
  try {
    const report = await audit(bankFile(gateway.url), { settle: 100 });
    recordTrials("the bank behind its gateway", report, { flaws: new Set(planted) });
    expect(report.lost).toBeNull();
    const found = findingsOf(report);
    expect(found.map(({ id }) => id).sort()).toEqual([...planted].sort());
    expect(countsOf(report).inconclusive).toBe(0);
    expect(exitCodeOf(report)).toBe(1);
    expect(report.took).toBeLessThan(120_000);
  } finally {
    await gateway.close();
  }
}, 180_000);
