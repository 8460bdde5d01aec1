import { expect, test } from "vitest";
import { reactRouterSessions } from "../../src/adapters/react-router.ts";
import type { ReactRouterContext, ReactRouterKey } from "../../src/adapters/shared/react-router-http.ts";
import { createSessionManager } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";

/** What React Router's `RouterContextProvider` is. */
function aContext(): ReactRouterContext {
  const values = new Map<object, unknown>();
  return {
    get: <Value>(key: ReactRouterKey<Value>) => values.get(key) as Value,
    set: (key, value) => void values.set(key, value),
  };
}

const manager = createSessionManager({ store: memoryStore() });
const url = new URL("http://localhost:3000/login");

function visit(sessions: ReturnType<typeof reactRouterSessions>, context: ReactRouterContext) {
  const headers = { "Sec-Fetch-Site": "same-origin" };
  return { request: new Request(url, { method: "POST", headers }), url, context, sessions };
}

test("used twice in one request, the outer middleware counts", async () => {
  const sessions = reactRouterSessions(manager);
  const context = aContext();
  const args = visit(sessions, context);
  const inner = async () => {
    const session = sessions.of(context);
    if (session.kind !== "locked") await session.authenticate({ id: "alice", keep: "none" });
    return new Response(String(sessions.of(context).userId));
  };
  const response = await sessions.middleware(args, () => sessions.middleware(args, inner));
  expect([await response.text(), response.headers.getSetCookie().length]).toEqual(["alice", 1]);
});

test("a context that an earlier request has had is an error: its session would be the next visitor's", async () => {
  const sessions = reactRouterSessions(manager);
  const context = aContext();
  const logIn = async () => {
    const session = sessions.of(context);
    if (session.kind !== "locked") await session.authenticate({ id: "alice", keep: "none" });
    return new Response();
  };
  await sessions.middleware(visit(sessions, context), logIn);
  const next = sessions.middleware(visit(sessions, context), async () => new Response(sessions.of(context).userId));
  await expect(next).rejects.toThrow(/getLoadContext: return a new RouterContextProvider for each request/);
});
