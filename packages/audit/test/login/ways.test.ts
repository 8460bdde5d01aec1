import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuditFile, form, har, http, playwright, post, type Report } from "../../src/index.ts";
import { totp } from "../../src/login/totp.ts";
import { auditNotes } from "../support/audit-notes.ts";
import { createNotes, seed } from "../support/notes.ts";
import { servePlain } from "../support/serve.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sojourn-audit-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The notes application asks for the code of an authenticator app; the audit file says how to log in there. */
async function auditWith(
  login: AuditFile["login"] | ((file: AuditFile) => AuditFile["login"]),
  more: Partial<AuditFile> = {},
): Promise<Report> {
  return auditNotes(new Set(["second factor"]), {
    only: ["X-CRED-0", "X-FIX-01", "X-END-01", "X-END-06"],
    change: (file) => {
      const { alice, bob } = file.users;
      if (!alice || !bob) throw new Error("the notes application has alice and bob");
      const users = { alice: { ...alice, totp: seed }, bob: { ...bob, totp: seed } } as AuditFile["users"];
      return { ...file, users, login: typeof login === "function" ? login(file) : login, ...more };
    },
  });
}

function expectSound(report: Report): void {
  expect(report.lost).toBeNull();
  const other = report.checks.filter(({ verdict }) => verdict !== "pass" && verdict !== "info");
  expect(other.map(({ id, verdict, summary }) => `${id} ${verdict} ${summary}`)).toEqual([]);
  expect(JSON.stringify(report)).not.toMatch(
    /correct horse|battery staple|GEZDGNBV|[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/,
  );
}

describe("two users log in with the code of an authenticator app", () => {
  const fields = { email: "$user.name", password: "$user.password", code: "$user.totp" };

  test("by a form", async () => {
    expectSound(await auditWith(form("/login", fields)));
  });

  test("by HTTP steps", async () => {
    expectSound(await auditWith(http([{ kind: "request", method: "GET", path: "/login" }, post("/login", fields)])));
  });

  test("by what alice's browser recorded, as HAR: the recording is of one login, and bob logs in by it too", async () => {
    const { text, recordedAt } = await recordLogin(join(folder, "login.har"));
    // A recording names whole addresses, and this audit's run of the application is on another port.
    const moved = ({ target }: AuditFile) => har(written("moved.har", text.replaceAll(recordedAt, target)));
    expectSound(await auditWith(moved));
  });

  test("by a Playwright script, which logs them out too", async () => {
    const logIn = written(
      "login.mjs",
      `export default async ({ page, target, user, totp }) => {
        await page.goto(target + "login");
        await page.locator("[name=email]").fill(user.name);
        await page.locator("[name=password]").fill(user.password);
        await page.locator("[name=code]").fill(totp());
        await page.getByRole("button", { name: "Log in" }).click();
        await page.waitForURL("**/account");
      };`,
    );
    const logOut = written(
      "logout.mjs",
      `export default async ({ page, target }) => {
        await page.goto(target + "account");
        await page.getByRole("button", { name: "Log out" }).click();
        await page.waitForURL("**/login");
      };`,
    );
    expectSound(await auditWith(playwright(logIn), { logout: playwright(logOut) }));
  });
});

describe("what cannot be logged in with says so", () => {
  test("a script that fails, without the password that it typed", async () => {
    const file = written(
      "broken.mjs",
      `export default async ({ user }) => { throw new Error("no button for " + user.password); };`,
    );
    const report = await auditWith(playwright(file));
    expect(report.lost).toContain("broken.mjs failed: no button for [password of alice");
  });

  test("a module that exports nothing, and one that is not there", async () => {
    expect((await auditWith(playwright(written("empty.mjs", "export {};")))).lost).toContain("exports no function");
    expect((await auditWith(playwright(join(folder, "missing.mjs")))).lost).toContain("cannot be read");
  });

  test("a script where no browser can be driven, and what would enable it", async () => {
    const report = await auditNotes(new Set(), {
      browser: false,
      change: (file) => ({ ...file, login: playwright(written("any.mjs", "")) }),
    });
    expect(report.lost).toContain("was told to drive none");
  });

  test("a recording that is none, or has no login in it", async () => {
    await expect(auditWith(har(written("text.har", "no")))).rejects.toThrow("login.file: ");
    await expect(auditWith(har(written("none.har", JSON.stringify({ log: { entries: [] } }))))).rejects.toThrow(
      "records no login",
    );
  });
});

/** A browser's own recording of a login of alice's, on another run of the application. */
async function recordLogin(path: string): Promise<{ text: string; recordedAt: string }> {
  const notes = await servePlain(createNotes(new Set(["second factor"])));
  const { CHROMIUM_PATH } = process.env;
  const browser = await chromium.launch({
    ...(CHROMIUM_PATH ? { executablePath: CHROMIUM_PATH } : { channel: "chromium" }),
    args: ["--no-sandbox"],
  });
  try {
    const context = await browser.newContext({ recordHar: { path, content: "embed" } });
    const page = await context.newPage();
    await page.goto(`${notes.url}/login`);
    await page.locator("[name=email]").fill("alice@example.test");
    await page.locator("[name=password]").fill("correct horse");
    await page.locator("[name=code]").fill(totp(seed, Date.now()));
    await page.getByRole("button", { name: "Log in" }).click();
    await page.waitForURL("**/account");
    await context.close();
    return { text: readFileSync(path, "utf8"), recordedAt: notes.url };
  } finally {
    await browser.close();
    await notes.close();
  }
}
