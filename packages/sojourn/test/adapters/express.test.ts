import express, { type ErrorRequestHandler } from "express";
import express4 from "express4";
import { expect, test } from "vitest";
import { expressSessions } from "../../src/adapters/express.ts";
import { createSessionManager, type SessionEvent, type SojournError } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { expressApplication } from "./applications/express.ts";
import { listen } from "./applications/listen.ts";
import { keepsItsPromises, versionOf } from "./support/promises.ts";

keepsItsPromises(`Express ${versionOf("express", import.meta.url)}`, (options) =>
  listen(expressApplication(express, options)),
);
keepsItsPromises(`Express ${versionOf("express4", import.meta.url)}`, (options) =>
  listen(expressApplication(express4 as unknown as typeof express, options)),
);

test("a token in a URL is noticed also where Express has taken that part of the path away", async () => {
  const events: SessionEvent[] = [];
  const manager = createSessionManager({ store: memoryStore(), onEvent: (event) => events.push(event) });
  const sessions = expressSessions(manager);
  const app = express();
  app.use("/link/:token", sessions.middleware, (request, response) => void response.send(sessions.of(request).kind));
  app.post("/login", sessions.middleware, async (request, response) => {
    await sessions.of(request).authenticate({ id: "alice", keep: "none" });
    response.end();
  });
  const { origin, close } = await listen(app);
  const login = await fetch(`${origin}/login`, { method: "POST", headers: { "Sec-Fetch-Site": "same-origin" } });
  const cookie = login.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const page = await fetch(`${origin}/link/${cookie.split("=")[1]}/page`, { headers: { Cookie: cookie } });
  expect(await page.text()).toBe("authenticated");
  expect(events.at(-1)).toMatchObject({ type: "session_token_leaked", where: "url", userId: "alice" });
  await close();
});

test.each([
  [
    "requireUser without options",
    (sessions: AnySessions) => sessions.requireUser(undefined as never),
    "requireUser({ at })",
  ],
  [
    "a misspelt page",
    (sessions: AnySessions) => sessions.requireUser({ att: "/login" } as never),
    "requireUser({ att }) does not exist: did you mean at?",
  ],
  [
    "another site",
    (sessions: AnySessions) => sessions.requireUser({ at: "https://evil.example/" }),
    "requireUser({ at })",
  ],
  [
    "no time",
    (sessions: AnySessions) => sessions.requireFresh({ at: "/confirm" } as never),
    "requireFresh({ within })",
  ],
  [
    "a misspelt level",
    (sessions: AnySessions) => sessions.requireFresh({ at: "/confirm", within: "5m", levl: "aal2" } as never),
    "requireFresh({ levl }) does not exist: did you mean level?",
  ],
])("a guard made with %s is an error when it is made, not at the first visitor", (_, make, message) => {
  const sessions = expressSessions(createSessionManager({ store: memoryStore() }));
  expect(() => make(sessions)).toThrow(message);
});

test("sessions that are mounted twice set one cookie, the newer one", async () => {
  const sessions = expressSessions(createSessionManager({ store: memoryStore() }));
  const app = express();
  app.use(sessions.middleware, sessions.middleware);
  app.post("/login", async (request, response) => {
    await sessions.of(request).authenticate({ id: "alice", keep: "none" });
    response.end();
  });
  const { origin, close } = await listen(app);
  const answer = await fetch(`${origin}/login`, { method: "POST", headers: { Origin: origin } });
  await close();
  expect(answer.headers.getSetCookie()).toHaveLength(1);
});

test("an error page can say why a form was refused, by a stable reason and not by the words of a message", async () => {
  const sessions = expressSessions(createSessionManager({ store: memoryStore(), csrf: "token" }));
  const app = express();
  app.use(sessions.middleware);
  const sayWhy: ErrorRequestHandler = (error: SojournError, _request, response, _next) => {
    response.status(error.status).json({ code: error.code, because: error.because });
  };
  app.use(sayWhy);
  const { origin, close } = await listen(app);
  const answerTo = async (headers: Record<string, string>) =>
    (await fetch(`${origin}/form`, { method: "POST", headers })).json();
  const ownPage = { "Sec-Fetch-Site": "same-origin" };
  const code = "ERR_CSRF_REFUSED";
  expect(await answerTo({ Origin: "https://evil.example" })).toEqual({ code, because: "foreign-origin" });
  expect(await answerTo(ownPage)).toEqual({ code, because: "token-missing" });
  expect(await answerTo({ ...ownPage, "X-CSRF-Token": "x" })).toEqual({ code, because: "token-wrong" });
  await close();
});

type AnySessions = ReturnType<typeof expressSessions>;
