import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { createSecrets } from "../../src/http/secrets.ts";
import { type AuditFile, type AuditOptions, audit, exitCodeOf, form, get, http, post } from "../../src/index.ts";
import { paintFor } from "../../src/report/paint.ts";
import { reportSchema } from "../../src/report/report.ts";
import { terminalReport } from "../../src/report/terminal.ts";
import { servePlain } from "../support/serve.ts";

/* Targets that want a green report, a crash, or somebody else's secrets. */

interface Shop {
  readonly sessions: Map<string, string>;
  readonly passwords: Map<string, string>;
  /** The session of a request. */
  idOf(request: IncomingMessage): string;
  /** Answers in place of the shop; `false` lets the shop answer. */
  instead(request: IncomingMessage, response: ServerResponse, fields: URLSearchParams): boolean;
  /** Further lines of a login's answer. */
  more(): readonly string[];
}

let made = 0;
const newId = () => `session${(++made).toString().padStart(6, "0")}${Math.random().toString(36).slice(2, 12)}`;

/** A shop with two users, `/me`, `/login` and `/logout`, which a test changes. */
async function serveShop(change: Partial<Shop> = {}) {
  const shop: Shop = {
    sessions: new Map(),
    passwords: new Map([
      ["alice@example.test", "correct horse"],
      ["bob@example.test", "battery staple"],
    ]),
    idOf: ({ headers: { cookie = "" } }) => /\bid=([^;]*)/.exec(cookie)?.[1] ?? "",
    instead: () => false,
    more: () => [],
    ...change,
  };
  const served = await servePlain((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const fields = new URLSearchParams(body);
      if (shop.instead(request, response, fields)) return;
      const name = fields.get("email") ?? "";
      if (request.url === "/login" && request.method === "POST") {
        const isRight = shop.passwords.get(name) === fields.get("password");
        const id = newId();
        if (isRight) shop.sessions.set(id, name);
        response.writeHead(isRight ? 303 : 401, {
          ...(isRight && { Location: "/me", "Set-Cookie": [`id=${id}; HttpOnly`, ...shop.more()] }),
        });
        response.end();
      } else if (request.url === "/logout") {
        shop.sessions.delete(shop.idOf(request));
        response.writeHead(303, { Location: "/me", "Set-Cookie": "id=; Max-Age=0" }).end();
      } else {
        const user = shop.sessions.get(shop.idOf(request));
        response.writeHead(user ? 200 : 401, { "Content-Type": "text/html" }).end(user ?? "no");
      }
    });
  });
  const file: AuditFile = {
    target: served.url,
    users: { alice: { name: "alice@example.test", password: "correct horse" } },
    whoami: { request: get("/me"), signedIn: { status: 200, text: "$user.name" }, signedOut: { status: 401 } },
    login: post("/login", { email: "$user.name", password: "$user.password" }),
    logout: post("/logout"),
  };
  const run = async (changes: Partial<AuditFile>, options: AuditOptions) => {
    try {
      return await audit({ ...file, ...changes }, { settle: 10, sleep: async () => {}, browser: false, ...options });
    } finally {
      await served.close();
    }
  };
  return { shop, file, run };
}

const bob = { name: "bob@example.test", password: "battery staple" };

describe("a report says what was found, whatever the target calls things", () => {
  test.each(["accepted", 'verdict"', "confidence", "transcript"])(
    "a cookie with the value %s hides nothing",
    async (word) => {
      const { run } = await serveShop({ more: () => [`theme=${word}`] });
      const report = await run({ logout: get("/nowhere") as never }, { only: ["X-END-01"] });
      expect(reportSchema.parse(report)).toEqual(report);
      expect(exitCodeOf(report)).toBe(1);
    },
  );

  test("a password that is a word of the report breaks nothing", async () => {
    const { shop, run } = await serveShop();
    shop.passwords.set("alice@example.test", "null");
    const report = await run(
      { users: { alice: { name: "alice@example.test", password: "null" } } },
      { only: ["X-END-01"] },
    );
    expect(reportSchema.parse(report)).toEqual(report);
    expect(exitCodeOf(report)).toBe(0);
  });
});

describe("what a target sends neither stops the audit nor ends it with an error of its own", () => {
  test("an answer that changes the protocol", async () => {
    let asked = 0;
    const { run } = await serveShop({
      instead(request) {
        if (request.url !== "/me" || ++asked < 30) return false;
        request.socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n");
        return true;
      },
    });
    const report = await run({}, { limits: { answer: 500 } });
    expect(exitCodeOf(report)).toBe(3);
  }, 20_000);

  test("thousands of new cookies with every answer", async () => {
    const { run } = await serveShop({
      instead(_request, response) {
        response.setHeader(
          "Set-Cookie",
          Array.from({ length: 2_500 }, (_, at) => `c${at}=AAAA${newId()}`),
        );
        return false;
      },
    });
    const start = performance.now();
    const report = await run({}, { only: ["X-END", "X-CONC"] });
    expect(exitCodeOf(report)).toBe(3);
    expect(performance.now() - start).toBeLessThan(20_000);
  }, 120_000);

  test("a form and a link that lead to no address", async () => {
    for (const logout of [form("/out", {}), { kind: "link", page: "/out", text: "Log out" }] as const) {
      const { run } = await serveShop({
        instead({ url }, response) {
          if (url !== "/out") return false;
          response.end('<a href="http://[">Log out</a><form action="http://["><button>x</button></form>');
          return true;
        },
      });
      const report = await run({ logout: logout as AuditFile["login"] }, { only: ["X-END-01"] });
      expect(report.checks[0]).toMatchObject({
        verdict: "inconclusive",
        summary: expect.stringContaining("leads to no address"),
      });
    }
  });

  test.each(["\\ud800abcdefgh", "two\\nlines of it"])("a token that no header can hold: %s", async (token) => {
    const { run } = await serveShop({
      instead({ url }, response) {
        if (url !== "/token") return false;
        response.end(`{"it":"${token}"}`);
        return true;
      },
    });
    const logout = http([
      get("/token", { pick: { it: { json: "/it" } } }),
      post("/logout", {}, { headers: { "X-Token": "$picked.it" } }),
    ]);
    const report = await run({ logout }, { only: ["X-END-01"] });
    expect(report.checks[0]?.verdict).toBe("inconclusive");
  });
});

describe("a pass means that something was tried", () => {
  test("a logout that does nothing is found where every answer replaces the token", async () => {
    const { run, shop } = await serveShop({
      instead(request, response) {
        const old = shop.idOf(request);
        const user = shop.sessions.get(old);
        if (!user) return false;
        shop.sessions.delete(old);
        const id = newId();
        shop.sessions.set(id, user);
        response.setHeader("Set-Cookie", `id=${id}; HttpOnly`);
        if (request.url === "/leave")
          response.end('<form method="post" action="/logout"><button>Log out</button></form>');
        else response.end(user);
        return true;
      },
    });
    const report = await run({ logout: form("/leave", {}) }, { only: ["X-END-01"] });
    expect(report.checks[0]).toMatchObject({ id: "X-END-01", verdict: "fail" });
  });

  test("nothing is mixed up among answers that are all signed out", async () => {
    const { run, shop } = await serveShop({
      instead(request, response) {
        if (shop.sessions.get(shop.idOf(request)) !== bob.name || ++seen < 15) return false;
        response.writeHead(401).end();
        return true;
      },
    });
    let seen = 0;
    const users = { alice: { name: "alice@example.test", password: "correct horse" }, bob };
    const report = await run({ users }, { only: ["X-CONC-01"] });
    expect(report.checks[0]).toMatchObject({ id: "X-CONC-01", verdict: "inconclusive" });
  });

  test("a token that the first step of a login issues, and the login keeps, is found", async () => {
    const { run, shop } = await serveShop({
      instead(request, response, fields) {
        if (request.url === "/login" && request.method === "GET") {
          response
            .writeHead(200, shop.idOf(request) === "" ? { "Set-Cookie": `id=${newId()}` } : {})
            .end("<form></form>");
          return true;
        }
        if (request.url === "/login" && shop.idOf(request) !== "") {
          shop.sessions.set(shop.idOf(request), fields.get("email") ?? "");
          response.writeHead(303, { Location: "/me" }).end();
          return true;
        }
        return false;
      },
    });
    const login = http([get("/login"), post("/login", { email: "$user.name", password: "$user.password" })]);
    const report = await run({ login }, { only: ["X-FIX-01"] });
    expect(report.checks[0]).toMatchObject({ id: "X-FIX-01", verdict: "fail" });
  });

  test("a shared cache was asked only if somebody signed in got the page first", async () => {
    const { run } = await serveShop({
      instead({ url = "" }, response) {
        if (!url.includes("audit=")) return false;
        response.writeHead(404).end();
        return true;
      },
    });
    const report = await run({}, { only: ["X-CACHE-02"] });
    expect(report.checks[0]).toMatchObject({ id: "X-CACHE-02", verdict: "inconclusive" });
  });

  /** Each login ends the sessions before it, and nothing else ends one. */
  const oneSession = () => {
    const sessions = new Map<string, string>();
    const { set } = sessions;
    sessions.set = (id, name) => {
      sessions.clear();
      return set.call(sessions, id, name);
    };
    return { sessions };
  };

  test("a session that a later login ended is no proof of a timeout", async () => {
    const { run } = await serveShop(oneSession());
    const report = await run(
      { expect: { idle: "15m", absolute: "1h" } },
      { only: ["X-TIME-01", "X-TIME-02"], wait: true },
    );
    expect(report.checks.map(({ verdict }) => verdict)).toEqual(["inconclusive", "inconclusive"]);
  });

  test("nor is it one of a way to end the others", async () => {
    const { run } = await serveShop(oneSession());
    const report = await run({ actions: { endOthers: post("/nothing") } }, { only: ["X-END-10", "X-END-01"] });
    expect(report.checks.find(({ id }) => id === "X-END-10")?.verdict).toBe("not run");
  });

  test("a report in which nothing was judged is not green", async () => {
    const { run } = await serveShop();
    const report = await run({}, { only: ["X-TIME"] });
    expect(report.checks.every(({ verdict }) => verdict === "not run")).toBe(true);
    expect(exitCodeOf(report)).toBe(3);
  });
});

describe("nobody is harmed", () => {
  test("a login on a public host makes the whole audit as slow as that host needs", async () => {
    const { run } = await serveShop();
    const users = { alice: { name: "alice@example.test", password: "correct horse" }, bob };
    const report = await run(
      { users, alsoAllowed: ["https://accounts.example.com"], authorized: "The web team, 2026-11-27" },
      { only: ["X-CONC-01"] },
    );
    expect(report.checks[0]?.summary).toBe("several requests at once are not allowed on this host");
  });

  test("a target that wants no more logins is left alone", async () => {
    let logins = 0;
    const { run } = await serveShop({
      instead({ url, method }, response) {
        if (url !== "/login" || method !== "POST" || ++logins <= 5) return false;
        response.writeHead(429).end();
        return true;
      },
    });
    const report = await run({}, {});
    expect(exitCodeOf(report)).toBe(3);
    expect(logins).toBeLessThan(10);
  });

  test("a password is changed back where the change ends the session that made it", async () => {
    const { run, shop } = await serveShop({
      instead(request, response, fields) {
        const user = shop.sessions.get(shop.idOf(request));
        if (request.url !== "/password" || !user) return false;
        if (shop.passwords.get(user) === fields.get("current")) shop.passwords.set(user, fields.get("next") ?? "");
        shop.sessions.clear();
        response.writeHead(303, { Location: "/me" }).end();
        return true;
      },
    });
    const report = await run(
      {
        users: { alice: { name: "alice@example.test", password: "correct horse", newPassword: "another horse" } },
        actions: {
          password: {
            do: post("/password", { current: "$user.password", next: "$user.newPassword" }),
            restore: post("/password", { current: "$user.newPassword", next: "$user.password" }),
          },
        },
      },
      { only: ["X-END-08"] },
    );
    expect(shop.passwords.get("alice@example.test")).toBe("correct horse");
    expect(report.lost).toBeNull();
    expect(report.checks[0]?.verdict).toBe("pass");
  });
});

describe("no secret is shown, and nothing that a terminal obeys", () => {
  test.each([
    ["in HTML, with apostrophes as numbers", "it's&<one>", "it&#39;s&amp;&lt;one&gt;"],
    ["in HTML, with apostrophes in hexadecimal", "it's&<one>", "it&#x27;s&amp;&lt;one&gt;"],
    ["in an address, in small letters", "a/b+c=d?e", "a%2fb%2bc%3dd%3fe"],
    ["in JSON that is safe in HTML", "it's&<one>", "it\\u0027s\\u0026\\u003cone\\u003e"],
    ["in JSON with slashes kept away", "one/two/three", "one\\/two\\/three"],
    ["in hexadecimal", "correct horse", Buffer.from("correct horse").toString("hex")],
    ["encoded twice", "correct horse/1", encodeURIComponent(encodeURIComponent("correct horse/1"))],
  ])("a password %s", (_how, password, text) => {
    const secrets = createSecrets();
    secrets.learn("password", password);
    expect(secrets.redact(`<p>${text}</p>`)).toBe("<p>[password #1]</p>");
  });

  test("a password in the address of the target", async () => {
    const { run, file } = await serveShop();
    const report = await run({ target: file.target.replace("//", "//gate:keeper-of-it@") }, { only: ["X-END-01"] });
    expect(report.checks[0]?.verdict).toBe("pass");
    const basic = Buffer.from("gate:keeper-of-it").toString("base64");
    expect(JSON.stringify(report)).not.toMatch(new RegExp(`keeper-of-it|${basic}`));
  });

  test("a target cannot hide what a terminal shows", async () => {
    const { run } = await serveShop();
    const report = await run({ logout: get("/nowhere") as never }, { only: ["X-END-01"] });
    const said = { ...report, credentials: ["cookie \u001b[8mid\u001b[2J"] };
    expect(terminalReport(said, paintFor({ isTTY: false }, {}))).not.toContain("\u001b");
  });
});
