import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type OpenBank, openBank } from "./support/open-bank.ts";
import { balanceOf, logIn, newCustomer, newKey, password, send, Visitor } from "./support/visitor.ts";

let bank: OpenBank;
beforeEach(async () => {
  bank = await openBank();
});
afterEach(() => bank.close());

describe("a form that is not ours", () => {
  test.each([
    ["another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
    ["another port of this machine", { origin: "http://localhost:1", "sec-fetch-site": "same-site" }],
    ["an old browser on another site", { origin: "https://evil.example" }],
    ["a sandboxed frame", { origin: "null", "sec-fetch-site": "cross-site" }],
    ["nobody knows where", { origin: "" }],
  ])("from %s changes nothing, not even with the right token", async (_case, headers) => {
    const ada = await newCustomer(bank, "Ada");
    const grace = await newCustomer(bank, "Grace");
    const order = { key: await newKey(ada.visitor), to: grace.number, amount: "10" };
    const refused = await ada.visitor.post("/transfers", order, { headers });
    expect(refused).toMatchObject({ status: 403, heading: "That did not come from our pages" });
    expect(await ada.visitor.post("/logout", {}, { headers })).toMatchObject({ status: 403 });
    expect(await balanceOf(ada.visitor)).toBe("1,000.00");
    expect(bank.lines.join("\n")).toContain('"type":"csrf_refused"');
  });

  test("another site cannot log anybody in", async () => {
    await newCustomer(bank, "Eve");
    const victim = new Visitor(bank);
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    await victim.post("/login", { email: "eve@example.org", password }, { headers });
    expect(victim.cookie).toBeNull();
  });

  test("opened under an earlier log-in does not act for a later one", async () => {
    const ada = await newCustomer(bank, "Ada");
    const grace = await newCustomer(bank, "Grace");
    const sharedBrowser = ada.visitor;
    const form = { key: await newKey(sharedBrowser), to: grace.number, amount: "10" };
    const { token } = sharedBrowser;
    const eve = await newCustomer(bank, "Eve");
    await sharedBrowser.post("/login", { email: eve.email, password });
    const refused = await sharedBrowser.post("/transfers", form, { token });
    expect(refused).toMatchObject({ status: 403, heading: "This page is out of date" });
    expect(await balanceOf(sharedBrowser)).toBe("1,000.00");
  });

  test.each(["/transfers", "/devices/end", "/devices/end-others", "/devices/name", "/confirm", "/confirm/cancel"])(
    "without a token does nothing at %s",
    async (path) => {
      const ada = await newCustomer(bank, "Ada");
      expect((await ada.visitor.post(path, {}, { token: "" })).status).toBe(403);
    },
  );

  test.each(["/settings/email", "/settings/password", "/settings/close", "/session", "/logout", "/logout/everywhere"])(
    "without a token does nothing at %s",
    async (path) => {
      const ada = await newCustomer(bank, "Ada");
      expect((await ada.visitor.post(path, {}, { token: "" })).status).toBe(403);
      expect((await ada.visitor.get("/account")).status).toBe(200);
    },
  );
});

test("a form held open by its last byte while everybody is logged out sends no money", async () => {
  const ada = await newCustomer(bank, "Ada");
  const eve = await newCustomer(bank, "Eve");
  const elsewhere = await logIn(bank, ada.email);
  const order = { key: await newKey(ada.visitor), to: eve.number, amount: "10", message: "" };
  const arrived = once(bank.server, "request");
  const held = await ada.visitor.copy().postSlowly("/transfers", order);
  await arrived;
  await elsewhere.post("/logout/everywhere");
  const answer = await held.finish();
  expect(answer).toMatch(/^HTTP\/1.1 401 /);
  expect(answer).toContain("Your session has ended");
  expect(await balanceOf(eve.visitor)).toBe("1,000.00");
});

describe("strange requests get a friendly page and nothing from inside", () => {
  test("an enormous body", async () => {
    const refused = await new Visitor(bank).post("/login", { email: "x".repeat(100_000) });
    expect(refused).toMatchObject({ status: 413, heading: "That was too much" });
  });

  test("an enormous body of somebody who is logged in, who stays so", async () => {
    const ada = await newCustomer(bank, "Ada");
    const refused = await ada.visitor.post("/transfers", { message: "x".repeat(100_000) });
    expect(refused).toMatchObject({ status: 413, heading: "That was too much" });
    expect(refused.headers.get("set-cookie")).toBeNull();
    expect(refused.text).not.toMatch(/Ada|>Log in</);
    expect((await ada.visitor.get("/account")).status).toBe(200);
  });

  test("more fields than any form has", async () => {
    const fields = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`f${at}`, "x"]));
    expect((await new Visitor(bank).post("/login", fields)).status).toBe(413);
  });

  test.each(["/%E0%A4%A", "/nothing", "/assets/../package.json", "/assets/%2e%2e%2fpackage.json", "/.git/config"])(
    "the path %s",
    async (path) => {
      const refused = await new Visitor(bank).get(path);
      expect([400, 403, 404]).toContain(refused.status);
      expect(refused.text).not.toMatch(/node_modules|at .*\.ts|Error:/);
      expect(refused.heading).toBeDefined();
    },
  );

  test("fields sent twice, or named like parts of an object, are no fields", async () => {
    const body = "email=a&email=b&__proto__=x&constructor=y&password=p";
    const headers = { origin: bank.url, "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
    const response = await fetch(`${bank.url}/login`, { method: "POST", body, headers });
    expect(response.status).toBe(422);
  });

  test("a body of another type is no form", async () => {
    const headers = { origin: bank.url, "content-type": "application/json" };
    const body = JSON.stringify({ email: "ada@example.org", password });
    expect((await fetch(`${bank.url}/login`, { method: "POST", body, headers })).status).toBe(422);
  });

  test.each([
    "x",
    `__Host-Http-id=${"x".repeat(7_000)}`,
    "__Host-Http-id=\u00ff",
    "__Host-Http-id=a.b; __Host-Http-id=c.d",
  ])("the cookie %.30s", async (cookie) => {
    const visitor = new Visitor(bank);
    visitor.cookie = cookie;
    expect((await visitor.get("/account")).status).toBe(401);
    expect((await visitor.get("/")).status).toBe(200);
  });
});

test("what people write is shown as they wrote it, and never becomes markup", async () => {
  const name = `<script>alert("1")</script>'&`;
  const visitor = new Visitor(bank);
  await visitor.post("/signup", { name, email: "x@example.org", password });
  const grace = await newCustomer(bank, "Grace");
  await send(visitor, { to: grace.number, amount: "1", message: `"><img src=x onerror=alert(1)>` });
  const { text } = await grace.visitor.get("/account");
  expect(text).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;");
  expect(text).not.toContain("<script>alert");
  expect(text).not.toContain("<img src=x");
});

test("while the store does not answer, nobody is told they are logged out, and afterwards nobody is", async () => {
  const ada = await newCustomer(bank, "Ada");
  bank.db.exec("ALTER TABLE sojourn_sessions RENAME TO elsewhere");
  for (const path of ["/account", "/", "/login"]) {
    const outage = await ada.visitor.get(path);
    expect(outage).toMatchObject({ status: 503, heading: "We cannot reach our records" });
    expect(outage.headers.get("retry-after")).toBe("5");
    expect(outage.headers.get("set-cookie")).toBeNull();
    expect(outage.text).not.toMatch(/sojourn_sessions|Log in/);
  }
  expect((await ada.visitor.post("/logout")).status).toBe(503);
  bank.db.exec("ALTER TABLE elsewhere RENAME TO sojourn_sessions");
  expect((await ada.visitor.get("/account")).status).toBe(200);
});

test("no secret and no password ever reaches the log", async () => {
  const ada = await newCustomer(bank, "Ada");
  const secrets = new Set([password, ada.visitor.token]);
  const remember = () => secrets.add(ada.visitor.cookie?.split(".")[1] ?? "none yet");
  remember();
  await ada.visitor.post("/confirm", { password });
  remember();
  bank.clock.advance("14m");
  await ada.visitor.get(`/account?${ada.visitor.cookie}`);
  remember();
  await ada.visitor.post("/logout");
  bank.db.exec("DROP TABLE sojourn_sessions");
  await logIn(bank, ada.email);
  const log = bank.lines.join("\n");
  for (const secret of secrets) expect(log).not.toContain(secret);
  expect(log).toContain('"type":"session_created"');
  expect(log).toContain('"type":"request_failed"');
  for (const line of bank.lines) expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number) });
});

describe("every response", () => {
  test.each(["/", "/login", "/account", "/nothing", "/session", "/assets/bank.css"])(
    "at %s is armoured",
    async (path) => {
      const { headers } = await new Visitor(bank).get(path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("x-powered-by")).toBeNull();
      expect(headers.get("strict-transport-security")).toBeNull();
    },
  );

  test("with an account on it is kept by nobody", async () => {
    const ada = await newCustomer(bank, "Ada");
    for (const path of ["/account", "/devices", "/settings", "/session"]) {
      expect((await ada.visitor.get(path)).headers.get("cache-control")).toBe("no-store");
    }
  });
});

test("behind a proxy that is named, https is known as such; from anybody else the header means nothing", async () => {
  const overTls = { "x-forwarded-proto": "https" };
  expect((await new Visitor(bank).get("/", overTls)).headers.get("strict-transport-security")).toBeNull();
  const proxied = await openBank({ proxy: "loopback" });
  const { headers } = await new Visitor(proxied).get("/", overTls);
  await proxied.close();
  expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
});
