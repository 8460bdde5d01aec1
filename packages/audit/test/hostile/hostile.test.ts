import { expect, test } from "vitest";
import { audit, defineAudit, exitCodeOf, form, get, post } from "../../src/index.ts";
import { auditNotes } from "../support/audit-notes.ts";
import { servePlain } from "../support/serve.ts";
import { hostileTargets } from "./targets.ts";

const limits = { answer: 500, requests: 300 };
const mebibyte = 2 ** 20;

test.each(Object.keys(hostileTargets))("%s: no verdict, exit code 3, in bounded time and memory", async (name) => {
  const handler = hostileTargets[name];
  if (!handler) throw new Error("the name comes from the table");
  const target = await servePlain(handler);
  const before = process.memoryUsage().rss;
  const start = performance.now();
  try {
    const report = await audit(
      defineAudit({
        target: target.url,
        users: { alice: { name: "alice@example.test", password: "correct horse" } },
        whoami: { request: get("/me"), signedIn: { status: 200, text: "$user.name" }, signedOut: { status: 401 } },
        login: form("/login", { email: "$user.name", password: "$user.password" }),
      }),
      { limits, settle: 10, sleep: async () => {} },
    );
    expect(report.lost).not.toBeNull();
    expect(report.checks).toEqual([]);
    expect(exitCodeOf(report)).toBe(3);
  } finally {
    await target.close();
  }
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * mebibyte);
});

test("a target that loses the login in the middle ends with exit code 3, never with a clean report", async () => {
  let logins = 0;
  const target = await servePlain((request, response) => {
    const isLogin = request.method === "POST";
    if (isLogin) logins++;
    const isIn = request.headers.cookie === "id=0123456789abcdef" && logins < 8;
    if (isLogin) response.writeHead(303, { Location: "/me", "Set-Cookie": "id=0123456789abcdef; HttpOnly" }).end();
    else if (request.url === "/login")
      response.end('<form method="post"><input name="email"><input name="password" type="password"></form>');
    else response.writeHead(isIn ? 200 : 401).end(isIn ? "alice@example.test" : "no");
  });
  try {
    const report = await audit(
      defineAudit({
        target: target.url,
        users: { alice: { name: "alice@example.test", password: "correct horse" } },
        whoami: { request: get("/me"), signedIn: { status: 200, text: "$user.name" }, signedOut: { status: 401 } },
        login: form("/login", { email: "$user.name", password: "$user.password" }),
      }),
      { settle: 10 },
    );
    expect(report.lost).toContain("was not signed in after the login");
    expect(report.checks.at(-1)).toMatchObject({ verdict: "not run", summary: "the login was lost before" });
    expect(exitCodeOf(report)).toBe(3);
  } finally {
    await target.close();
  }
});

test("a server that drops connections it has kept open is asked again on a new one, as browsers do", async () => {
  const served = new WeakSet<object>();
  const target = await servePlain((request, response) => {
    if (served.has(request.socket)) {
      request.socket.destroy();
      return;
    }
    served.add(request.socket);
    const isLogin = request.method === "POST";
    const isIn = request.headers.cookie === "id=0123456789abcdef";
    if (isLogin) response.writeHead(303, { Location: "/me", "Set-Cookie": "id=0123456789abcdef" }).end();
    else response.writeHead(isIn ? 200 : 401).end(isIn ? "alice@example.test" : "no");
  });
  try {
    const report = await audit(
      defineAudit({
        target: target.url,
        users: { alice: { name: "alice@example.test", password: "correct horse" } },
        whoami: { request: get("/me"), signedIn: { status: 200, text: "$user.name" }, signedOut: { status: 401 } },
        login: post("/login", { email: "$user.name", password: "$user.password" }),
      }),
      { settle: 10 },
    );
    expect(report.lost).toBeNull();
    expect(report.checks.filter(({ verdict }) => verdict === "inconclusive")).toEqual([]);
  } finally {
    await target.close();
  }
});

test("a target that allows few logins gets no more, and what could be judged is judged", async () => {
  const report = await auditNotes(new Set(["X-COOK-02"]), { change: (file) => ({ ...file, pace: { logins: 12 } }) });
  expect(report.lost).toBeNull();
  expect(report.logins).toBe(12);
  expect(report.checks.find(({ id }) => id === "X-COOK-02")?.verdict).toBe("fail");
  const rest = report.checks.filter(({ verdict }) => verdict === "inconclusive");
  expect(rest.length).toBeGreaterThan(10);
  expect(new Set(rest.map(({ summary }) => summary))).toEqual(
    new Set(["The audit has logged in 12 times, as often as it may", "Fewer than 10 tokens were issued"]),
  );
});
