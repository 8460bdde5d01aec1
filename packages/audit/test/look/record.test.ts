import { expect, test } from "vitest";
import { type AuditFile, audit, type Report } from "../../src/index.ts";
import { totp } from "../../src/login/totp.ts";
import { record } from "../../src/look/record.ts";
import { type Display, startDisplay } from "../support/display.ts";
import { createNotes, seed } from "../support/notes.ts";
import { servePlain } from "../support/serve.ts";
import { createSinglePage } from "../support/single-page.ts";

/** What somebody does in the window, with Playwright's page. */
interface Page {
  locator(selector: string): { fill(text: string): Promise<void>; click(): Promise<void> };
  waitForURL(url: string): Promise<void>;
  evaluate(source: string): Promise<unknown>;
  close(): Promise<void>;
  waitForSelector(selector: string, options?: { state: "attached" }): Promise<unknown>;
}

/** Recorded without a window; with one, if there is a display, until whoever acts has closed it. */
async function recorded(url: string, act: (page: Page) => Promise<void>, display: Display | null = null) {
  return record(url, {
    environment: { ...process.env, AUDIT_TOTP_SEED: seed, ...(display && { DISPLAY: display.name }) },
    isVisible: display !== null,
    sleep: async () => {},
    async person(tab) {
      await tab.script(({ page }) => act(page as Page));
      if (display) await tab.closed();
    },
  });
}

async function auditBy(file: AuditFile): Promise<Report> {
  const environment = {
    ...process.env,
    AUDIT_USER: "alice@example.test",
    AUDIT_PASSWORD: "correct horse",
    AUDIT_TOTP_SEED: seed,
  };
  return audit(file, { environment, settle: 20, only: ["X-CRED-04", "X-FIX-01", "X-END-01"] });
}

const verdicts = ({ checks }: Report) => checks.map(({ id, verdict }) => [id, verdict]);

test("one login by a form and one logout become a file without secrets, by which the application is audited", async () => {
  const notes = await servePlain(createNotes(new Set(["second factor"])));
  try {
    const { file, found } = await recorded(`${notes.url}/login`, async (page) => {
      await page.locator("[name=email]").fill("alice@example.test");
      await page.locator("[name=password]").fill("correct horse");
      await page.locator("[name=code]").fill(totp(seed, Date.now()));
      await page.locator("button").click();
      await page.waitForURL("**/account");
      await page.locator("text=Log out").click();
      await page.waitForURL("**/login");
    });
    expect(file.login).toEqual({
      kind: "form",
      page: "/login",
      fields: { email: "$user.name", password: "$user.password", code: "$user.totp" },
    });
    expect(file.logout).toEqual({ kind: "form", page: "/account", fields: {}, action: "/logout" });
    expect(found.join("\n")).toContain("Who am I: GET /account");
    expect(JSON.stringify(file)).not.toMatch(/alice|correct horse|GEZDG|\d{6}/);
    const report = await auditBy(file);
    expect(report.lost).toBeNull();
    expect(verdicts(report)).toEqual([
      ["X-CRED-04", "pass"],
      ["X-FIX-01", "pass"],
      ["X-END-01", "pass"],
    ]);
  } finally {
    await notes.close();
  }
});

test("a login made by a script becomes steps that pick its tokens anew, and say who I am by its API", async () => {
  const app = await servePlain(createSinglePage());
  try {
    const { file } = await recorded(app.url, async (page) => {
      await page.locator("[name=user]").fill("alice@example.test");
      await page.locator("[name=pass]").fill("correct horse");
      await page.locator("button").click();
      await page.waitForSelector("a:visible");
      await page.locator("a").click();
      await page.waitForSelector("a[hidden]", { state: "attached" });
    });
    expect(file.whoami?.request.path).toBe("/api/me");
    const text = JSON.stringify(file);
    expect(text).toContain('"authorization":"Bearer $picked.');
    expect(text).not.toMatch(/alice|correct horse|[0-9a-f]{8}-[0-9a-f]{4}/);
    const report = await auditBy(file);
    expect(report.lost).toBeNull();
    expect(report.credentials).toEqual(["header authorization"]);
    expect(verdicts(report)).toContainEqual(["X-END-01", "pass"]);
  } finally {
    await app.close();
  }
});

test("somebody logs in and out in a window, and closes it", async () => {
  const notes = await servePlain(createNotes(new Set()));
  const display = await startDisplay();
  let sizes: unknown;
  const inWindow = async (page: Page) => {
    await page.locator("[name=email]").fill("alice@example.test");
    await page.locator("[name=password]").fill("correct horse");
    await page.locator("button").click();
    await page.waitForURL("**/account");
    sizes = await page.evaluate("[outerHeight > innerHeight, navigator.userAgent.includes('Headless')]");
    await page.locator("text=Log out").click();
    await page.waitForURL("**/login");
    await page.close();
  };
  try {
    const { file } = await recorded(`${notes.url}/login`, inWindow, display);
    expect(sizes, "a window with an edge, of no headless browser").toEqual([true, false]);
    expect(file).toMatchObject({
      login: { kind: "form", page: "/login" },
      logout: { kind: "form", action: "/logout" },
    });
  } finally {
    await display.close();
    await notes.close();
  }
});

test("a visit without a login says so", async () => {
  const notes = await servePlain(createNotes(new Set()));
  try {
    await expect(recorded(`${notes.url}/login`, async () => {})).rejects.toThrow("nobody logged in");
  } finally {
    await notes.close();
  }
});
