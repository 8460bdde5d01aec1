import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ceilingBits, findGrowing } from "../../src/checks/tokens.ts";
import { hostKind } from "../../src/http/hosts.ts";
import { createJar, refusalOf } from "../../src/http/jar.ts";
import { audit, get, http, post, storageState } from "../../src/index.ts";
import { totp } from "../../src/login/totp.ts";
import { auditNotes, notesFile, signInByHand } from "../support/audit-notes.ts";
import { createNotes } from "../support/notes.ts";
import { serve, servePlain } from "../support/serve.ts";
import { createSinglePage } from "../support/single-page.ts";

describe("ways to log in", () => {
  test("by HTTP steps, with values picked from earlier answers", async () => {
    const report = await auditNotes(new Set(), {
      change: (file) => ({
        ...file,
        login: http([get("/login"), post("/login", { email: "$user.name", password: "$user.password" })]),
        logout: http([
          get("/account", { pick: { token: { input: "csrf" } } }),
          post("/logout", { csrf: "$picked.token" }),
        ]),
      }),
      only: ["X-END"],
    });
    expect(report.lost).toBeNull();
    expect(report.checks.filter(({ verdict }) => verdict !== "pass")).toEqual([]);
  });

  test("by a bearer token, which is found to be the credential; cookie and CSRF checks do not apply", async () => {
    const tokens = new Set<string>();
    const api = await servePlain((request, response) => {
      const token = request.headers.authorization?.slice("Bearer ".length) ?? "";
      if (request.url === "/token") {
        const issued = crypto.randomUUID() + crypto.randomUUID();
        tokens.add(issued);
        response.end(JSON.stringify({ token: issued }));
      } else if (request.method === "DELETE") {
        tokens.delete(token);
        response.end();
      } else
        response
          .writeHead(tokens.has(token) ? 200 : 401, { "Cache-Control": "no-store" })
          .end(tokens.has(token) ? "alice" : "");
    });
    try {
      const report = await audit(
        {
          target: api.url,
          users: { alice: { name: "alice", password: "correct horse" } },
          whoami: { request: get("/me"), signedIn: { status: 200 }, signedOut: { status: 401 } },
          login: post(
            "/token",
            { name: "$user.name", password: "$user.password" },
            { as: "json", pick: { token: { json: "/token" } }, keep: { authorization: "Bearer $picked.token" } },
          ),
          logout: { kind: "request", method: "DELETE", path: "/token-of-mine" },
        },
        { settle: 10 },
      );
      expect(report.lost).toBeNull();
      expect(report.credentials).toEqual(["header authorization"]);
      const verdicts = new Map(report.checks.map(({ id, verdict }) => [id, verdict]));
      expect(verdicts.get("X-END-01")).toBe("pass");
      expect(verdicts.get("X-COOK-01")).toBe("not run");
      expect(verdicts.get("X-CSRF-08")).toBe("not run");
      // No page of the browser has the token, so that none was found there would prove nothing.
      for (const id of ["X-CRED-04", "X-CRED-05"]) expect(verdicts.get(id), id).toBe("not run");
      for (const token of tokens) expect(JSON.stringify(report)).not.toContain(token);
    } finally {
      await api.close();
    }
  });

  test("by a saved Playwright state: one session, so what needs fresh logins does not run, and its logout comes last", async () => {
    const notes = await serve(createNotes(new Set()));
    const folder = mkdtempSync(join(tmpdir(), "sojourn-audit-"));
    try {
      const cookie = await signInByHand(notes.url);
      const state = {
        cookies: [
          {
            name: "__Host-id",
            value: cookie,
            domain: "notes.localhost",
            path: "/",
            secure: true,
            httpOnly: true,
            sameSite: "Lax",
            expires: -1,
          },
        ],
        origins: [],
      };
      const file = join(folder, "alice.json");
      writeFileSync(file, JSON.stringify(state));
      const whole = notesFile(notes.url, notes.plainUrl);
      const { alice } = whole.users;
      if (!alice) throw new Error("the notes application has alice");
      const report = await audit({ ...whole, users: { alice }, login: storageState(file) }, { settle: 10 });
      expect(report.lost).toBeNull();
      const verdicts = new Map(report.checks.map(({ id, verdict }) => [id, verdict]));
      expect(verdicts.get("X-COOK-02")).toBe("pass");
      expect(verdicts.get("X-FIX-01")).toBe("not run");
      expect(verdicts.get("X-CACHE-01")).toBe("pass");
      expect(report.checks.at(-1)).toMatchObject({ id: "X-END-01", verdict: "pass" });
    } finally {
      rmSync(folder, { recursive: true });
      await notes.close();
    }
  });

  test("by a saved state with a token in local storage, which the pages of the target send", async () => {
    const app = await servePlain(createSinglePage());
    const folder = mkdtempSync(join(tmpdir(), "sojourn-audit-"));
    try {
      const { csrf } = (await (await fetch(`${app.url.replace("notes.", "")}/api/csrf`)).json()) as { csrf: string };
      const login = { user: "alice@example.test", pass: "correct horse" };
      const answer = await fetch(`${app.url.replace("notes.", "")}/api/login`, {
        method: "POST",
        headers: { "X-CSRF-Token": csrf, "Content-Type": "application/json" },
        body: JSON.stringify({ login }),
      });
      const { token } = (await answer.json()) as { token: string };
      const file = join(folder, "alice.json");
      const origins = [{ origin: app.url, localStorage: [{ name: "token", value: token }] }];
      writeFileSync(file, JSON.stringify({ cookies: [], origins }));
      const report = await audit(
        {
          target: app.url,
          users: { alice: { name: "alice@example.test" } },
          whoami: {
            request: get("/api/me"),
            signedIn: { status: 200, json: { "/name": "$user.name" } },
            signedOut: { status: 401 },
          },
          login: storageState(file),
          logout: post("/api/logout"),
        },
        { settle: 10, only: ["X-CRED-01", "X-CRED-04", "X-END-01"] },
      );
      expect(report.lost).toBeNull();
      expect(report.credentials).toEqual(["header authorization"]);
      expect(report.checks.map(({ id, verdict }) => [id, verdict])).toContainEqual(["X-END-01", "pass"]);
      expect(JSON.stringify(report)).not.toContain(token);
    } finally {
      rmSync(folder, { recursive: true });
      await app.close();
    }
  });

  test("one-time passwords are those of RFC 6238, appendix B", () => {
    const seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    expect([59, 1111111109, 1234567890, 20000000000].map((second) => totp(seed, second * 1000))).toEqual([
      "287082",
      "081804",
      "005924",
      "353130",
    ]);
  });
});

describe("what a browser refuses", () => {
  const url = new URL("https://app.example.test/");

  test.each([
    ["__Host-id=a; Path=/", "needs Secure, Path=/"],
    ["__Host-id=a; Secure; Path=/; Domain=example.test", "no Domain"],
    ["__host-id=a; Path=/", "needs Secure, Path=/"],
    ["__Secure-id=a", "needs Secure"],
    ["__Host-Http-id=a; Secure; Path=/", "needs HttpOnly"],
    ["id=a; SameSite=None", "SameSite=None needs Secure"],
    ["id=a; Domain=other.test", "another host"],
    [`id=${"a".repeat(4096)}`, "longer than 4096"],
  ])("%s", (line, why) => {
    expect(refusalOf(line, url)).toContain(why);
    const jar = createJar();
    jar.store([line], url);
    expect(jar.all()).toEqual([]);
  });

  test("SameSite decides what goes along with another site's form and link", () => {
    const jar = createJar();
    jar.store(["a=1; SameSite=Strict", "b=2; SameSite=Lax", "c=3; SameSite=None; Secure", "d=4"], url);
    const names = (context: "strict" | "lax" | "none") =>
      jar
        .sent(url, context)
        .map(({ name }) => name)
        .sort();
    expect(names("strict")).toEqual(["a", "b", "c", "d"]);
    expect(names("lax")).toEqual(["b", "c", "d"]);
    expect(names("none")).toEqual(["c", "d"]);
  });
});

test("hosts: this machine, private networks, and everybody else's", () => {
  for (const host of ["localhost", "app.localhost", "127.0.0.1", "127.8.9.1", "[::1]"])
    expect(hostKind(host), host).toBe("loopback");
  for (const host of ["10.1.2.3", "192.168.1.1", "172.31.0.1", "app.test", "[fd00::1]"])
    expect(hostKind(host), host).toBe("private");
  for (const host of [
    "example.com",
    "172.32.0.1",
    "127.0.0.1.example.com",
    "1270.0.0.1",
    "test",
    "localhost.example.com",
  ]) {
    expect(hostKind(host), host).toBe("public");
  }
});

describe("what can be said about tokens", () => {
  const hex = (bytes: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("hex");

  test("the ceiling of a UUID is its 122 bits, of 16 bytes in hexadecimal 128", () => {
    expect(ceilingBits(Array.from({ length: 30 }, () => crypto.randomUUID()))).toBe(122);
    expect(ceilingBits(Array.from({ length: 30 }, () => hex(16)))).toBe(128);
  });

  test("a clock beside too little is found, whether in digits or in bytes; random tokens hold none", () => {
    const clock = (at: number) => (1_700_000_000_000 + at * 1_234).toString();
    expect(
      findGrowing(
        Array.from({ length: 30 }, (_, at) => `${clock(at)}.${Math.random().toString(36).slice(2, 8).padEnd(6, "z")}`),
      )?.what,
    ).toBe("a decimal number");
    expect(
      findGrowing(Array.from({ length: 30 }, (_, at) => Number(clock(at)).toString(16).padStart(16, "0") + hex(4)))
        ?.bitsLeft,
    ).toBeLessThan(64);
    expect(findGrowing(Array.from({ length: 30 }, () => hex(32)))).toBeNull();
  });
});

describe("tokens that are alike", () => {
  /** A login that answers with a signed token, and who that is for. */
  async function auditTokens(tokenOf: (login: number) => string) {
    let logins = 0;
    const tokens = new Set<string>();
    const app = await servePlain((request, response) => {
      const token = request.headers.authorization?.replace("Bearer ", "") ?? "";
      if (request.url === "/token") {
        const next = tokenOf(++logins);
        tokens.add(next);
        response.end(JSON.stringify({ token: next }));
      } else response.writeHead(tokens.has(token) ? 200 : 401).end();
    });
    try {
      const report = await audit(
        {
          target: app.url,
          users: { alice: { name: "alice", password: "correct horse" } },
          whoami: { request: get("/me"), signedIn: { status: 200 }, signedOut: { status: 401 } },
          login: post("/token", {}, { pick: { t: { json: "/token" } }, keep: { authorization: "Bearer $picked.t" } }),
        },
        { settle: 20, only: ["X-TOK-02"] },
      );
      return report.checks[0]?.verdict;
    } finally {
      await app.close();
    }
  }
  const signed = (login: number) =>
    `${Buffer.from('{"alg":"HS256"}').toString("base64url")}.${Buffer.from(`{"iat":${Math.ceil(login / 5)}}`).toString("base64url")}.c2lnbmF0dXJl`;

  test("a signed token may be the same for one user in one second, and any other may not", async () => {
    expect(await auditTokens(signed)).toBe("pass");
    expect(await auditTokens((login) => `an-opaque-token-${Math.ceil(login / 5)}`)).toBe("fail");
  });
});
