import { expect, test, vi } from "vitest";
import { type SessionHandler, withSession } from "../../src/adapters/fetch.ts";
import { createSessionManager, requireUser } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { startOnFetch } from "./applications/fetch.ts";
import { keepsItsPromises } from "./support/promises.ts";

keepsItsPromises("Request and Response", startOnFetch);

type Data = Record<string, unknown>;

/** Alice, logged in, and what handlers that failed have thrown. */
async function aliceAtAnApplication() {
  const manager = createSessionManager({ store: memoryStore() });
  const failures: unknown[] = [];
  const onError = (error: unknown) => failures.push(error);
  let cookie = "";
  const visit = async (handler: SessionHandler<Data>) => {
    const handle = withSession(manager, handler, { onError });
    const response = await handle(new Request("http://localhost/", { headers: { Cookie: cookie } }));
    cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
    return response;
  };
  await visit(async (_request, { session }) => {
    await session.authenticate({ id: "alice", keep: "none" });
    return new Response();
  });
  return { visit, failures };
}

const elevateThen =
  (fail: () => never): SessionHandler<Data> =>
  async (_request, { session }) => {
    const verdict = requireUser(session);
    if (!verdict.met) throw new Error("Alice should be logged in");
    await verdict.session.elevate("aal2");
    return fail();
  };
const whoAmI: SessionHandler<Data> = (_request, { session }) => new Response(session.userId);

test("a handler that fails after a step-up signs nobody out: the new cookie goes out with the error, which is reported", async () => {
  const { visit, failures } = await aliceAtAnApplication();
  const failure = new Error("no template");
  const answer = await visit(
    elevateThen(() => {
      throw failure;
    }),
  );
  expect([answer.status, await answer.text()]).toEqual([500, '{"error":"internal"}']);
  expect(failures).toEqual([failure]);
  expect(await (await visit(whoAmI)).text()).toBe("alice");
});

test("without onError the console is told of the failure alone: the request would show the cookie", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  try {
    const failure = new Error("no template");
    const handle = withSession(createSessionManager({ store: memoryStore() }), () => {
      throw failure;
    });
    await handle(new Request("http://localhost/", { headers: { Cookie: "__Host-Http-id=a-secret" } }));
    expect(said.mock.calls).toEqual([[failure]]);
  } finally {
    said.mockRestore();
  }
});

test("a response that is thrown is the answer, with the new cookie", async () => {
  const { visit, failures } = await aliceAtAnApplication();
  const answer = await visit(
    elevateThen(() => {
      const elsewhere: unknown = new Response(null, { status: 303, headers: { Location: "/done" } });
      throw elsewhere;
    }),
  );
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/done"]);
  expect(failures).toEqual([]);
  expect(await (await visit(whoAmI)).text()).toBe("alice");
});
