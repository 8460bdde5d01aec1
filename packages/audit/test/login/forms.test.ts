import { expect, test } from "vitest";
import { readPage } from "../../src/http/page.ts";
import { audit, form, get, link, post } from "../../src/index.ts";
import { cookieOf, fieldsOf, send } from "../support/answers.ts";
import { servePlain } from "../support/serve.ts";

/** What a browser sends of the first form of a page that nobody has touched. */
function untouched(html: string): readonly (readonly [string, string])[] {
  const [first] = readPage(html).forms;
  return (first?.inputs ?? []).filter(({ isSent }) => isSent).map(({ name, value }) => [name, value] as const);
}

test("boxes that are ticked are sent, and others are not", () => {
  const html = `<form><input type=checkbox name=a checked><input type=checkbox name=b>
    <input type=radio name=c value=1><input type=radio name=c value=2 checked></form>`;
  expect(untouched(html)).toEqual([
    ["a", "on"],
    ["c", "2"],
  ]);
});

test("of a list the chosen option is sent, else the first; of a list of several each that is chosen", () => {
  const html = `<form><select name=a><option>one<option selected>two</select><select name=b><option value=1>one</select>
    <select name=c multiple><option value=1><option value=2 selected><option value=3 selected></select>
    <select name=d multiple><option value=1></select></form>`;
  expect(untouched(html)).toEqual([
    ["a", "two"],
    ["b", "1"],
    ["c", "2"],
    ["c", "3"],
  ]);
});

test("a text keeps what stands in it; what is disabled, a file or no button to send with is left out", () => {
  const html = `<form><textarea name=a>some text</textarea><input name=b value=1 disabled><input type=file name=c>
    <button type=button name=d>Menu</button><input type=reset name=e><input type=image name=f></form>`;
  expect(untouched(html)).toEqual([["a", "some text"]]);
});

/** Signs in, and logs out in two ways; who presses the wrong button is signed in still. */
async function appWith(logout: { status: number }) {
  const sessions = new Set<string>();
  let count = 0;
  return servePlain(async (request, response) => {
    const token = cookieOf(request, "id") ?? "";
    const { pathname } = new URL(request.url ?? "/", "http://a.test");
    await fieldsOf(request);
    if (pathname === "/login") {
      const next = `session-number-${++count}`;
      sessions.add(next);
      return send(response, 200, "", { "Set-Cookie": `id=${next}; Path=/` });
    }
    if (!sessions.has(token)) return send(response, 401);
    if (pathname === "/everywhere") return send(response, 200, "done");
    if (pathname === "/logout") {
      if (logout.status < 400) sessions.delete(token);
      return send(response, logout.status);
    }
    send(
      response,
      200,
      '<form action="/everywhere"><button>Log out everywhere else</button></form><a href="/logout">Log out</a>',
    );
  });
}

const described = (target: string) => ({
  target,
  users: { alice: { name: "alice", password: "correct horse" } },
  whoami: { request: get("/"), signedIn: { status: 200 }, signedOut: { status: 401 } },
  login: post("/login", { name: "$user.name", password: "$user.password" }),
  logout: link("Log out", { on: "/" }),
});

test("the link that says just that is followed, and not a button that says more", async () => {
  const app = await appWith({ status: 204 });
  try {
    const { checks } = await audit(described(app.url), { settle: 20, only: ["X-END-01"] });
    expect(checks.map(({ verdict, summary }) => `${verdict}: ${summary}`)).toEqual([
      "pass: After the logout a copy of the cookie signs nobody in",
    ]);
  } finally {
    await app.close();
  }
});

test("a logout that is refused says nothing about what a logout does", async () => {
  const app = await appWith({ status: 403 });
  try {
    const { checks } = await audit(described(app.url), { settle: 20, only: ["X-END-01"] });
    expect(checks[0]?.verdict).toBe("inconclusive");
    expect(checks[0]?.summary).toBe("GET /logout was to log out, and answered 403");
  } finally {
    await app.close();
  }
});

test("a logout that wants the token in its body gets it without its scheme", async () => {
  const tokens = new Set<string>();
  const app = await servePlain(async (request, response) => {
    const fields = await fieldsOf(request);
    const token = request.headers.authorization?.replace("Bearer ", "") ?? "";
    if (request.url === "/token") {
      tokens.add("a-token-of-alice-1");
      return send(response, 200, JSON.stringify({ token: "a-token-of-alice-1" }));
    }
    if (!tokens.has(token)) return send(response, 401);
    if (request.url === "/revoke") tokens.delete(fields.get("token") ?? "");
    send(response, 200);
  });
  try {
    const file = {
      ...described(app.url),
      login: post(
        "/token",
        {},
        { pick: { token: { json: "/token" } }, keep: { authorization: "Bearer $picked.token" } },
      ),
      logout: post("/revoke", { token: "$kept.authorization" }),
    };
    const { checks } = await audit(file, { settle: 20, only: ["X-END-01"] });
    expect(checks[0]?.verdict).toBe("pass");
  } finally {
    await app.close();
  }
});

test("pages are asked for as browsers do, the first of several buttons is pressed, and an address that a form carries is no secret", async () => {
  const seen: string[] = [];
  const app = await servePlain(async (request, response) => {
    // Some applications leave parts of a page out for whoever would take JSON.
    expect(request.headers.accept).not.toContain("json");
    if (request.method === "POST") seen.push((await fieldsOf(request)).toString());
    send(
      response,
      cookieOf(request, "id") === null && request.url === "/" ? 401 : 200,
      `<form method="post" action="/login"><input name="name"><input type="hidden" name="to" value="http://a.test/some/where/else">
        <input type="submit" name="go" value="1"><input type="submit" name="cancel" value="1"></form>`,
      request.method === "POST" ? { "Set-Cookie": "id=a-session-of-alice; Path=/" } : {},
    );
  });
  try {
    const login = form("/login", { name: "$user.name" });
    const report = await audit({ ...described(app.url), login }, { settle: 20, only: ["X-CRED-02"] });
    expect(seen[0]).toBe("name=alice&to=http%3A%2F%2Fa.test%2Fsome%2Fwhere%2Felse&go=1");
    expect(JSON.stringify(report)).not.toContain("[input to");
  } finally {
    await app.close();
  }
});
