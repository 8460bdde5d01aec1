import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hashPassword, isPassword } from "../src/passwords.ts";
import { type OpenBank, openBank } from "./support/open-bank.ts";
import { type Answer, logIn, newCustomer, password, Visitor } from "./support/visitor.ts";

let bank: OpenBank;
beforeEach(async () => {
  bank = await openBank();
});
afterEach(() => bank.close());

test("somebody at curl logs in with one request, and is shown that the cookie came back", async () => {
  await newCustomer(bank, "Ada");
  const curl = new Visitor(bank);
  const headers = { accept: "*/*", "user-agent": "curl/7.88.1" };
  const login = await curl.post("/login", { email: "ada@example.org", password }, { headers });
  expect(login).toMatchObject({ status: 303, location: "/welcome" });
  expect(login.headers.get("set-cookie")).toMatch(
    /^__Host-Http-id=[\w-]+\.[\w-]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  expect(login.headers.get("cache-control")).toBe("no-store");
  expect(await curl.get("/welcome", headers)).toMatchObject({ status: 303, location: "/account" });
  expect((await curl.get("/account", headers)).status).toBe(200);
});

test("a browser that keeps no cookie is told so, and what to do about it", async () => {
  await newCustomer(bank, "Ada");
  const forgetful = new Visitor(bank);
  const { location } = await forgetful.post("/login", { email: "ada@example.org", password });
  forgetful.cookie = null;
  const page = await forgetful.get(location ?? "");
  expect(page.heading).toBe("Your browser did not keep the cookie");
  expect(page.text).toContain("Safari");
});

test("a wrong password and an unknown address get the same answer", async () => {
  await newCustomer(bank, "Ada");
  const visitor = new Visitor(bank);
  const wrong = await visitor.post("/login", { email: "ada@example.org", password: "wrong" });
  const unknown = await visitor.post("/login", { email: "eve@example.org", password: "wrong" });
  expect(wrong.status).toBe(422);
  expect(unknown.text).toBe(wrong.text.replaceAll("ada@", "eve@"));
});

test("time does not tell who is a customer: an unknown one costs a password check too", async () => {
  const stored = await hashPassword(password);
  await isPassword("warm up", null);
  const known = await fastest(() => isPassword("wrong", stored));
  const unknown = await fastest(() => isPassword("wrong", null));
  expect(unknown).toBeGreaterThan(known / 3);
  expect(unknown).toBeLessThan(known * 3);
});

async function fastest(action: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 8; run++) {
    const start = performance.now();
    await action();
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

test("passwords are kept as argon2id hashes", async () => {
  await newCustomer(bank, "Ada");
  const { hash } = bank.db.prepare("SELECT password_hash AS hash FROM customers").get() as { hash: string };
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test.each([
  ["a short password", { password: "short" }, "#password"],
  ["the address in the password", { password: "xx-ada@example.org-xx" }, "#password"],
  ["an enormous password", { password: "x".repeat(129) }, "#password"],
  ["no name", { name: " " }, "#name"],
  ["no real address", { email: "ada" }, "#email"],
])("nobody opens an account with %s; the summary leads to the field", async (_case, wrong, field) => {
  const visitor = new Visitor(bank);
  const form = { name: "Ada", email: "ada@example.org", password, ...wrong };
  const refused = await visitor.post("/signup", form);
  expect(refused.status).toBe(422);
  expect(refused.text).toContain(`<a href="${field}">`);
  expect(refused.text).not.toContain(form.password);
  expect(visitor.cookie).toBeNull();
});

test("one address, one account", async () => {
  await newCustomer(bank, "Ada");
  const again = await new Visitor(bank).post("/signup", { name: "Eve", email: "ADA@example.org", password });
  expect(again.text).toContain("There is already an account with this address.");
});

test("looking around creates no session and sets no cookie", async () => {
  const visitor = new Visitor(bank);
  for (const path of ["/", "/login", "/signup", "/account", "/nothing"]) await visitor.get(path);
  expect(visitor.cookie).toBeNull();
  expect(bank.db.prepare("SELECT count(*) AS count FROM sojourn_sessions").get()).toMatchObject({ count: 0 });
});

test("colours chosen before the log-in stay through it; the session itself is a new one", async () => {
  await newCustomer(bank, "Ada");
  const visitor = new Visitor(bank);
  await visitor.post("/theme", { theme: "dark", return_to: "/login" });
  const before = visitor.cookie;
  expect((await visitor.get("/login")).text).toContain('data-theme="dark"');
  await visitor.post("/login", { email: "ada@example.org", password });
  expect(visitor.cookie).not.toBe(before);
  expect((await visitor.get("/account")).text).toContain('data-theme="dark"');
  visitor.cookie = before;
  expect((await visitor.get("/account")).status).toBe(401);
});

test("a cookie planted before the log-in is worth nothing after it", async () => {
  await newCustomer(bank, "Ada");
  const attacker = new Visitor(bank);
  await attacker.post("/theme", { theme: "light" });
  const victim = attacker.copy();
  await victim.post("/login", { email: "ada@example.org", password });
  expect((await victim.get("/account")).status).toBe(200);
  expect((await attacker.get("/account")).status).toBe(401);
});

describe("after too many wrong passwords", () => {
  test("even the right one has to wait, and a quarter of an hour is enough", async () => {
    const ada = await newCustomer(bank, "Ada");
    const guesser = new Visitor(bank);
    const guesses = Array.from({ length: 10 }, (_, at) => ({ email: ada.email, password: `guess ${at}` }));
    await Promise.all(guesses.map((guess) => guesser.post("/login", guess)));
    const refused = await guesser.post("/login", { email: ada.email.toUpperCase(), password });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBe(900);
    bank.clock.advance("15m");
    expect((await logIn(bank, ada.email)).cookie).not.toBeNull();
  });

  test("whoever goes on guessing keeps nobody waiting for longer than that quarter of an hour", async () => {
    const ada = await newCustomer(bank, "Ada");
    const guesser = new Visitor(bank);
    for (let at = 0; at < 10; at++) await guesser.post("/login", { email: ada.email, password: "guess" });
    bank.clock.advance("14m");
    const refused = await guesser.post("/login", { email: ada.email, password: "guess" });
    expect(Number(refused.headers.get("retry-after"))).toBe(60);
    bank.clock.advance("1m");
    expect((await logIn(bank, ada.email)).cookie).not.toBeNull();
  });

  test("an account that does not exist answers the same", async () => {
    const guesser = new Visitor(bank);
    for (let at = 0; at < 10; at++) await guesser.post("/login", { email: "nobody@example.org", password: "guess" });
    expect((await guesser.post("/login", { email: "nobody@example.org", password: "guess" })).status).toBe(429);
  });

  test("one address cannot go on with other accounts", async () => {
    const ada = await newCustomer(bank, "Ada");
    const guesses = Array.from({ length: 60 }, (_, at) => ({ email: `${at}@example.org`, password: "guess" }));
    await Promise.all(guesses.map((guess) => new Visitor(bank).post("/login", guess)));
    expect((await new Visitor(bank).post("/login", { email: ada.email, password })).status).toBe(429);
  });
});

describe("behind a proxy", () => {
  let proxied: OpenBank;
  beforeEach(async () => {
    proxied = await openBank({ proxy: "loopback" });
  });
  afterEach(() => proxied.close());

  function guess(email: string, from: string): Promise<Answer> {
    return new Visitor(proxied).post("/login", { email, password: "guess" }, { headers: { "x-forwarded-for": from } });
  }

  test("made-up names from an address that is refused do not make us forget the guesses at an account", async () => {
    for (let at = 0; at < 10; at++) await guess("ada@example.org", "192.0.2.1");
    await Promise.all(Array.from({ length: 60 }, (_, at) => guess(`warm-up-${at}@example.org`, "192.0.2.2")));
    const nextName = Array.from({ length: 10_001 }, (_, at) => `made-up-${at}@example.org`).values();
    async function flood() {
      for (const name of nextName) expect((await guess(name, "192.0.2.2")).status).toBe(429);
    }
    await Promise.all(Array.from({ length: 20 }, flood));
    expect((await guess("ada@example.org", "192.0.2.3")).status).toBe(429);
  }, 120_000);

  test("guesses from an address that is refused do not lock an account", async () => {
    await Promise.all(Array.from({ length: 60 }, (_, at) => guess(`${at}@example.org`, "192.0.2.2")));
    for (let at = 0; at < 10; at++) await guess("ada@example.org", "192.0.2.2");
    expect((await guess("ada@example.org", "192.0.2.3")).status).toBe(422);
  });

  test("all addresses of one IPv6 network count as one", async () => {
    const ends = ["::1", ":0:0:0:2", ":A:b::", "::192.0.2.1", ":ffff:ffff:ffff:ffff"];
    const addresses = Array.from({ length: 60 }, (_, at) => `2001:db8:0:1${ends[at % ends.length]}`);
    await Promise.all(addresses.map((address, at) => guess(`${at}@example.org`, address)));
    expect((await guess("ada@example.org", "2001:0DB8::1:0:0:0:9")).status).toBe(429);
    expect((await guess("ada@example.org", "2001:db8:0:2::1")).status).toBe(422);
  });

  test("an IPv4 address counts alone, also where it is written as an IPv6 one", async () => {
    await Promise.all(Array.from({ length: 60 }, (_, at) => guess(`${at}@example.org`, "::ffff:192.0.2.1")));
    expect((await guess("ada@example.org", "192.0.2.1")).status).toBe(429);
    expect((await guess("ada@example.org", "::ffff:192.0.2.2")).status).toBe(422);
  });
});

describe("return_to", () => {
  test("leads back to the page that was wanted", async () => {
    const ada = await newCustomer(bank, "Ada");
    const visitor = new Visitor(bank);
    expect((await visitor.get("/devices?done=name")).text).toContain('name="return_to" value="/devices?done=name"');
    const login = await visitor.post("/login", { email: ada.email, password, return_to: "/devices?done=name" });
    expect(await visitor.get(login.location ?? "")).toMatchObject({ status: 303, location: "/devices?done=name" });
  });

  test.each([
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\n/evil.example",
    "/./\\evil.example",
    "/.//evil.example",
    "/x/..//evil.example",
    "/%0d%0aSet-Cookie:x=y\r\nX: y",
    " //evil.example",
    "",
    "account",
    `/${"x".repeat(2_000)}`,
  ])("%j leads nowhere but to the account", async (returnTo) => {
    const ada = await newCustomer(bank, "Ada");
    for (const path of ["/welcome", "/timeout"]) {
      const { location } = await ada.visitor.get(`${path}?return_to=${encodeURIComponent(returnTo)}`);
      expect(location).toBe("/account");
    }
    const confirmed = await ada.visitor.post("/confirm", { password, return_to: returnTo });
    expect(confirmed.location).toBe("/account");
    const themed = await ada.visitor.post("/theme", { theme: "dark", return_to: returnTo });
    expect(themed.location).toBe("/");
  });
});
