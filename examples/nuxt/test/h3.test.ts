import {
  createApp,
  defineEventHandler,
  type H3Event as EventOfH3v1,
  isEventHandler,
  setHeader,
  toNodeListener,
  toWebHandler,
} from "h3";
import { H3 } from "h3-2";
import { expect, test, vi } from "vitest";
import { answerError, h3Sessions } from "../../../packages/sojourn/src/adapters/h3.ts";
import { createSessionManager, SojournError } from "../../../packages/sojourn/src/index.ts";
import { memoryStore } from "../../../packages/sojourn/src/stores/memory.ts";
import { listen } from "../../../packages/sojourn/test/adapters/applications/listen.ts";
import { keepsItsPromises, versionOf } from "../../../packages/sojourn/test/adapters/support/promises.ts";
import { startOnH3v1, startOnH3v2, startOnH3v2Web } from "./applications.ts";

const [first, second] = [versionOf("h3", import.meta.url), versionOf("h3-2", import.meta.url)];
keepsItsPromises(`h3 ${first}`, startOnH3v1);
keepsItsPromises(`h3 ${second}`, startOnH3v2);
keepsItsPromises(`h3 ${second}, without Node's requests`, startOnH3v2Web);

test("where there is no Node, h3 1 plays its response: the cookie is on it all the same, and no-store", async () => {
  const sessions = h3Sessions(createSessionManager({ store: memoryStore() }));
  const app = createApp().use(defineEventHandler(sessions.middleware));
  app.use(
    "/login",
    defineEventHandler(async (event) => {
      setHeader(event, "Cache-Control", "public");
      await sessions.of(event).authenticate({ id: "alice", keep: "none" });
      return "in";
    }),
  );
  expect([sessions.middleware, sessions.requireUser({ at: "/login" })].map((each) => isEventHandler(each))).toEqual([
    true,
    true,
  ]);
  app.use("/guarded", defineEventHandler(sessions.requireUser({ at: "/login" })));
  const visit = async (path: string, init: RequestInit = {}) =>
    toWebHandler(app)(new Request(`http://localhost${path}`, init));
  const login = await visit("/login", {
    method: "POST",
    headers: { Host: "localhost", "Sec-Fetch-Site": "same-origin" },
  });
  expect([login.status, login.headers.get("cache-control")]).toEqual([200, "no-store"]);
  expect(login.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-Http-id=/)]);
  expect((await visit("/guarded")).status).toBe(401);
});

test("a guard of h3 1 answers at once, so that nothing goes on where it is no handler but a hook", async () => {
  const sessions = h3Sessions(createSessionManager({ store: memoryStore() }));
  const guard = sessions.requireUser({ at: "/login" }) as (event: EventOfH3v1) => Promise<void>;
  const [told, handler] = [vi.fn(), () => told("went on")];
  const app = createApp().use(defineEventHandler(sessions.middleware));
  app.use(defineEventHandler({ onRequest: [guard], handler }));
  const { origin, close } = await listen(toNodeListener(app));
  expect((await fetch(origin)).status).toBe(401);
  expect(told).not.toHaveBeenCalled();
  await close();
});

test("what is missing is said: the middleware, and an event of h3's", async () => {
  const sessions = h3Sessions(createSessionManager({ store: memoryStore() }));
  const event = { context: {}, method: "GET", path: "/" };
  expect(() => sessions.of(event)).toThrow("use the sessions' middleware before the route");
  await expect(sessions.middleware(event)).rejects.toThrow("This is no event of h3 1 or 2");
});

test("on h3 2 an error of the library after a login brings the cookie as well, also without Node's requests", async () => {
  const sessions = h3Sessions(createSessionManager({ store: memoryStore() }));
  const app = new H3({ silent: true, onError: answerError }).use(sessions.middleware);
  app.post("/login", async (event) => {
    await sessions.of(event).authenticate({ id: "alice", keep: "none" });
    throw new SojournError("ERR_SESSION_ENDED", "The session of something else ended");
  });
  const headers = { "Sec-Fetch-Site": "same-origin" };
  const login = await app.fetch(new Request("http://localhost/login", { method: "POST", headers }));
  expect([login.status, await login.json()]).toEqual([401, { error: "ERR_SESSION_ENDED" }]);
  expect(login.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-Http-id=/)]);
  expect(login.headers.get("cache-control")).toBe("no-store");
});
