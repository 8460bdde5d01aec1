import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { isLaunched, launchBrowser } from "../../src/browser/launch.ts";
import type { Tab } from "../../src/browser/tab.ts";
import { createRecorder } from "../../src/http/recorder.ts";
import { createSecrets } from "../../src/http/secrets.ts";
import { audit, get, playwright, post, type Report } from "../../src/index.ts";
import { auditNotes, notesFile } from "../support/audit-notes.ts";
import { createNotes } from "../support/notes.ts";
import { authority, serve, servePlain } from "../support/serve.ts";
import { createSinglePage } from "../support/single-page.ts";

const signInToSinglePage = `export default async ({ page, target, user }) => {
  await page.goto(target);
  await page.locator("[name=user]").fill(user.name);
  await page.locator("[name=pass]").fill(user.password);
  await page.locator("button").click();
  await page.waitForSelector("a:visible");
};`;

const needingBrowser = ["X-CRED-04", "X-CRED-05", "X-END-06", "X-END-07", "X-TIME-04"];

function resultOf({ checks }: Report, id: string) {
  const found = checks.find((each) => each.id === id);
  if (!found) throw new Error(`${id} is in the report`);
  return found;
}

test("where no browser is, what needs one is not run, and says what would enable it", async () => {
  const notes = await servePlain(createNotes(new Set()));
  try {
    const environment = { ...process.env, CHROMIUM_PATH: "/nowhere/chromium" };
    const report = await audit(notesFile(notes.url, notes.plainUrl), { environment, settle: 20 });
    expect(report.lost).toBeNull();
    for (const id of needingBrowser) {
      expect(resultOf(report, id)).toMatchObject({
        verdict: "not run",
        summary: "needs a browser, and CHROMIUM_PATH names no file",
        enable: "a Chromium: npx playwright-core install chromium, or CHROMIUM_PATH=/path/to/chromium",
      });
    }
    expect(resultOf(report, "X-CSRF-01").verdict).toBe("pass");
  } finally {
    await notes.close();
  }
});

test("where Playwright is not installed, it says how to install it", async () => {
  const load = () => Promise.reject(new Error("Cannot find package 'playwright-core'"));
  const launched = await launchBrowser({ hosts: [], keys: [], environment: {}, load });
  expect(launched).toEqual({
    why: "needs a browser, and playwright-core is not installed",
    enable: "playwright-core: npm install --save-dev playwright-core",
  });
});

test("a window needs a display, and without one it says what to do instead", async () => {
  const environment = { CHROMIUM_PATH: process.execPath };
  const launched = await launchBrowser({ hosts: null, keys: [], environment, isVisible: true, platform: "linux" });
  expect(launched).toEqual({
    why: "opens a window, and this machine has no display (neither DISPLAY nor WAYLAND_DISPLAY is set)",
    enable: expect.stringContaining('login: har("login.har")'),
  });
});

test("a Chromium that does not start says so", async () => {
  const launched = await launchBrowser({ hosts: [], keys: [], environment: { CHROMIUM_PATH: process.execPath } });
  expect(isLaunched(launched)).toBe(false);
  expect(launched).toMatchObject({ why: expect.stringContaining("Chromium did not start") });
});

test("a form on another site is sent by a real browser: SameSite=None lets it through, Lax does not", async () => {
  const none = new Set(["X-CSRF-01", "SameSite=None"]);
  const [lax, open] = [
    await auditNotes(new Set(["X-CSRF-01"]), { only: ["X-CSRF-01"] }),
    await auditNotes(none, { only: ["X-CSRF-01"], overHttps: true }),
  ];
  expect(resultOf(lax, "X-CSRF-01")).toMatchObject({ verdict: "fail", severity: "medium" });
  expect(resultOf(lax, "X-CSRF-01").proof[0]).toMatch(
    /^a form on another site, in Chromium \d+: the value was not changed$/,
  );
  expect(resultOf(open, "X-CSRF-01")).toMatchObject({ verdict: "fail", severity: "high" });
  expect(resultOf(open, "X-CSRF-01").proof[0]).toMatch(
    /^a form on another site, in Chromium \d+: the value was changed$/,
  );
});

test("the back button shows a no-store page again, out of the back/forward cache, where the logout leaves the cookie", async () => {
  const report = await auditNotes(new Set(["X-END-02"]), { only: ["X-END-06"] });
  expect(resultOf(report, "X-END-06").proof[0]).toContain("restored out of the back/forward cache");
});

test("a page that does not name its user is recognised by what it says to nobody else", async () => {
  const unnamed = ["user's name on no page"];
  const left = await auditNotes(new Set([...unnamed, "X-END-02"]), { only: ["X-END-06"] });
  expect(resultOf(left, "X-END-06")).toMatchObject({
    verdict: "fail",
    summary: "The back button shows the user's page after the logout",
  });
  const sound = await auditNotes(new Set(unnamed), { only: ["X-END-06"] });
  expect(resultOf(sound, "X-END-06").verdict).toBe("pass");
});

test("what the browser sends and gets is in the report, and nothing secret of it", async () => {
  const flaws = ["X-CRED-04", "X-CRED-05", "X-END-06", "X-CSRF-01"];
  const report = await auditNotes(new Set(flaws), { only: ["X-CRED-0", "X-END-0", "X-CSRF-01"] });
  for (const id of flaws) {
    expect(resultOf(report, id).verdict, id).toBe("fail");
    const shown = report.exchanges.filter(({ id: each }) => resultOf(report, id).transcript.includes(each));
    expect(
      shown.some(({ by }) => /^alice, in Chromium \d+$/.test(by)),
      id,
    ).toBe(true);
  }
  expect(JSON.stringify(report)).not.toMatch(/correct horse|[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/);
});

test("a browser reaches the hosts of the audit and nothing else", async () => {
  const report = await auditNotes(new Set(["X-CRED-05"]), { only: ["X-CRED-05"] });
  expect(resultOf(report, "X-CRED-05").summary).toBe("A page sends the token to stats.localhost:4321");
  const sent = report.exchanges.filter(({ request }) => request.url.includes("stats.localhost"));
  expect(sent.length).toBeGreaterThan(0);
  for (const { response, failure } of sent)
    expect({ response, failure }).toEqual({ response: null, failure: "net::ERR_NAME_NOT_RESOLVED" });
});

test("a session that ends when several tabs of a browser ask at once is found although requests alone do it no harm", async () => {
  const report = await auditNotes(new Set(["X-CONC-03 in tabs"]), { only: ["X-CONC-03"] });
  expect(resultOf(report, "X-CONC-03")).toMatchObject({
    verdict: "fail",
    summary: "The session is over after several tabs at once",
  });
  expect(resultOf(report, "X-CONC-03").proof.at(-1)).toMatch(
    /^tabs opened at once, in Chromium \d+: signed out afterwards$/,
  );
});

test("a token that a script puts into the address is seen in a real browser alone", async () => {
  const flaws = new Set(["X-CRED-02 by a script"]);
  expect(resultOf(await auditNotes(flaws, { only: ["X-CRED-02"] }), "X-CRED-02").verdict).toBe("fail");
  expect(resultOf(await auditNotes(flaws, { only: ["X-CRED-02"], browser: false }), "X-CRED-02").verdict).toBe("pass");
});

test("a token in the address of a logout that the audit file itself makes up is no token in a page's address", async () => {
  const app = await servePlain(createSinglePage());
  const file = join(mkdtempSync(join(tmpdir(), "sojourn-audit-")), "login.mjs");
  writeFileSync(file, signInToSinglePage);
  try {
    const report = await audit(
      {
        target: app.url,
        users: { alice: { name: "alice@example.test", password: "correct horse" } },
        whoami: {
          request: get("/api/me"),
          signedIn: { status: 200, json: { "/name": "$user.name" } },
          signedOut: { status: 401 },
        },
        login: playwright(file),
        logout: post("/api/logout/$kept.authorization"),
      },
      { settle: 20, only: ["X-CRED-02", "X-END-01"] },
    );
    expect(report.lost).toBeNull();
    expect(report.checks.map(({ id, verdict, summary }) => [id, verdict, summary])).toEqual([
      ["X-CRED-02", "pass", "No address, redirect or link has the token"],
      ["X-END-01", "pass", "After the logout a copy of the cookie signs nobody in"],
    ]);
  } finally {
    rmSync(dirname(file), { recursive: true });
    await app.close();
  }
});

test("a way out that only a script makes is seen in a real browser", async () => {
  const flaws = new Set(["X-END-12", "logout made by a script"]);
  expect(resultOf(await auditNotes(flaws, { only: ["X-END-12"] }), "X-END-12").verdict).toBe("pass");
});

test("a browser trusts a server whose authority is named, although servers do not send it along", async () => {
  const notes = await serve(createNotes(new Set()), { isIssued: true });
  try {
    const file = { ...notesFile(notes.url, notes.plainUrl), ca: fileURLToPath(authority) };
    const report = await audit(file, { settle: 20, only: ["X-CRED-04", "X-END-06"] });
    expect(report.lost).toBeNull();
    expect(report.checks.map(({ id, verdict }) => [id, verdict])).toEqual([
      ["X-CRED-04", "pass"],
      ["X-END-06", "pass"],
    ]);
  } finally {
    await notes.close();
  }
});

/** A browser for one page, which may reach the target alone. */
async function inTab(target: string, patience: number, work: (tab: Tab) => Promise<void>): Promise<void> {
  const launched = await launchBrowser({ hosts: [new URL(target).host], keys: [], environment: process.env });
  if (!isLaunched(launched)) throw new Error(launched.why);
  try {
    const recorder = createRecorder(createSecrets());
    const profile = { by: "alice", recorder, headers: {}, pace: null, patience, requestsAtMost: 100 };
    const tab = await launched.open(profile);
    await tab.goto(target);
    await work(tab);
  } finally {
    await launched.close();
  }
}

test("a page of the target reaches no other port of its host", async () => {
  let reached = 0;
  const other = await servePlain((_request, response) => {
    reached++;
    response.end("not for everybody");
  });
  const target = await servePlain((_request, response) => void response.end("hello"));
  try {
    await inTab(target.url, 5_000, async (tab) => {
      expect(await tab.text()).toBe("hello");
      const ask = '(url) => fetch(url, { mode: "no-cors" }).then(() => "answered", () => "nothing there")';
      expect(await tab.evaluate(ask, other.url)).toBe("nothing there");
      expect(await tab.evaluate(ask, other.url.replace("notes.localhost", "127.0.0.1"))).toBe("nothing there");
    });
    expect(reached).toBe(0);
  } finally {
    await other.close();
    await target.close();
  }
});

test("a page that is busy for ever, and an answer that never ends, hold nobody up", async () => {
  const target = await servePlain((request, response) => {
    response.writeHead(200, { "Content-Type": "text/html" });
    if (request.url === "/endless") response.write("more");
    else response.end("hello");
  });
  try {
    await inTab(target.url, 2_000, async (tab) => {
      const ask = "(url) => fetch(url).then((answer) => answer.text())";
      await expect(tab.evaluate(ask, `${target.url}/endless`)).rejects.toThrow("longer than 2 s");
      await tab.evaluate("() => void setTimeout(() => { for (;;); }, 0)");
      await expect(tab.evaluate("() => 1")).rejects.toThrow("longer than 2 s");
    });
  } finally {
    await target.close();
  }
});
