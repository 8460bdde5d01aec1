import { expect, test } from "vitest";
import { createSessionManager, type SessionEvent } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { testClock } from "../../src/testing/index.ts";
import { aRequest, aResponse } from "./exchange.ts";

function aManager() {
  const clock = testClock();
  const events: SessionEvent[] = [];
  const onEvent = (event: SessionEvent) => events.push(event);
  return {
    manager: createSessionManager({ store: memoryStore(), transport: "bearer", clock, onEvent }),
    clock,
    events,
  };
}

type Manager = ReturnType<typeof aManager>["manager"];

async function logIn(manager: Manager) {
  const response = aResponse({ headers: { "cache-control": "public" } });
  const session = await manager.open(aRequest(), response.plan);
  await session.authenticate({ id: "alice", keep: "none" });
  return response.send();
}

async function open(manager: Manager, headers: Record<string, string>) {
  const response = aResponse();
  const session = await manager.open(aRequest({ headers }), response.plan);
  return { session, sent: response.send() };
}

const formOfToken = /^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{44}$/;
const nobody = `${"a".repeat(22)}.${"a".repeat(44)}`;

test("a native client gets its token in a header at login, and nothing may store the answer", async () => {
  const { manager } = aManager();
  const { headers, cookies } = await logIn(manager);
  expect(headers).toEqual({
    "sojourn-token": expect.stringMatching(formOfToken),
    "cache-control": "no-store",
    vary: "Authorization",
  });
  expect(cookies).toEqual([]);
});

test("it is signed in with the token, and gets none where there is no new one", async () => {
  const { manager } = aManager();
  const token = (await logIn(manager)).headers["sojourn-token"];
  for (const scheme of ["Bearer", "bearer", "BEARER", "Bearer  "]) {
    const { session, sent } = await open(manager, { authorization: `${scheme} ${token}` });
    expect(session.kind).toBe("authenticated");
    expect(sent.headers).toEqual({ "cache-control": "private, no-cache", vary: "Authorization" });
  }
});

test("at renewal it gets the next one, not to be stored either, until it shows it", async () => {
  const { manager, clock } = aManager();
  const first = (await logIn(manager)).headers["sojourn-token"];
  clock.advance("20m");
  const renewal = await open(manager, { authorization: `Bearer ${first}` });
  const second = renewal.sent.headers["sojourn-token"];
  expect(second).toMatch(formOfToken);
  expect(second).not.toBe(first);
  expect(renewal.sent.headers["cache-control"]).toBe("no-store");
  const next = await open(manager, { authorization: `Bearer ${second}` });
  expect(next.session.kind).toBe("authenticated");
  expect(next.sent.headers["sojourn-token"]).toBeUndefined();
});

test("at logout the header says that there is none any more", async () => {
  const { manager } = aManager();
  const token = (await logIn(manager)).headers["sojourn-token"];
  const response = aResponse();
  const session = await manager.open(aRequest({ headers: { authorization: `Bearer ${token}` } }), response.plan);
  await session.end();
  expect(response.send().headers).toEqual({ "sojourn-token": "", "cache-control": "no-store", vary: "Authorization" });
});

test("a web page is refused, even with the right token and from its own site", async () => {
  const { manager, events } = aManager();
  const token = (await logIn(manager)).headers["sojourn-token"];
  for (const site of ["same-origin", "same-site", "cross-site", "none", ""]) {
    const { session } = await open(manager, { authorization: `Bearer ${token}`, "sec-fetch-site": site });
    expect(session).toMatchObject({ kind: "anonymous", because: "web-page" });
    expect(events.at(-1)).toMatchObject({ type: "session_refused", because: "web-page" });
  }
});

test.each([
  ["", "none"],
  ["Basic YWxpY2U6cGFzc3dvcmQ=", "none"],
  [nobody, "none"],
  ["Bearerish x", "none"],
  ["Bearer", "malformed"],
  ["Bearer ", "malformed"],
  ["Bearer hello", "malformed"],
  [`Bearer ${nobody} ${nobody}`, "malformed"],
  [`Bearer ${nobody},Bearer ${nobody}`, "malformed"],
  [`Bearer\t${nobody}`, "malformed"],
  [`Bearer "${nobody}"`, "malformed"],
  [`Bearer ${nobody}`, "unknown"],
])("Authorization: %s is refused as %s", async (authorization, because) => {
  const { manager } = aManager();
  const { session, sent } = await open(manager, { authorization });
  expect(session).toMatchObject({ kind: "anonymous", because });
  expect(sent.headers).toEqual({});
});

test("a token in a cookie is not looked at", async () => {
  const { manager } = aManager();
  const token = (await logIn(manager)).headers["sojourn-token"];
  const { session } = await open(manager, { cookie: `__Host-Http-id=${token}; id=${token}` });
  expect(session).toMatchObject({ kind: "anonymous", because: "none" });
});

test("a token over plain HTTP is refused", async () => {
  const { manager } = aManager();
  const token = (await logIn(manager)).headers["sojourn-token"];
  const request = aRequest({ url: "http://shop.example/", headers: { authorization: `Bearer ${token}` } });
  expect(await manager.open(request, aResponse().plan)).toMatchObject({ because: "insecure-transport" });
});

test("no browser adds the header to another site's request, so there is no CSRF to guard against", async () => {
  const { manager } = aManager();
  const { session } = await open(manager, {});
  const request = aRequest({ headers: { "sec-fetch-site": "cross-site", origin: "https://evil.example" } });
  expect(manager.checkCsrf(request, session)).toEqual({ allowed: true });
});
