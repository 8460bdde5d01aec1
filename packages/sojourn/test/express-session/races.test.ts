import { afterEach, expect, test } from "vitest";
import { updateSession } from "../../src/express-session/index.ts";
import { gate } from "./support/gate.ts";
import { done, type Handlers, openSite, type Site } from "./support/site.ts";

const closing: Site[] = [];
async function site(...parameters: Parameters<typeof openSite>): Promise<Site> {
  const opened = await openSite(...parameters);
  closing.push(opened);
  return opened;
}
const begin: Handlers = {
  "POST /begin": ({ session }) => {
    session.name = "x";
    return {};
  },
};
afterEach(async () => {
  for (const each of closing.splice(0)) await each.close();
});

test("two requests at once that write different keys lose neither", async () => {
  const slow = { left: gate(), right: gate() };
  const shop = await site(
    {},
    {
      ...begin,
      "POST /left": async ({ session }) => {
        await slow.left.pass();
        session.left = 1;
        return {};
      },
      "POST /right": async ({ session }) => {
        await slow.right.pass();
        session.right = 2;
        return {};
      },
      "GET /": ({ session }) => ({ left: session.left, right: session.right, name: session.name }),
    },
  );
  const visitor = shop.visitor();
  await visitor.post("/begin");
  const both = [visitor.post("/left"), visitor.post("/right")];
  await Promise.all([slow.left.reached, slow.right.reached]);
  slow.left.open();
  slow.right.open();
  await Promise.all(both);
  expect(await visitor.read("/")).toEqual({ left: 1, right: 2, name: "x" });
});

test("twenty requests at once that each put something in the cart lose nothing", async () => {
  const shop = await site(
    {},
    {
      ...begin,
      "POST /cart": async ({ session, body }) => {
        const cart = session.cart ?? [];
        session.cart = cart;
        await new Promise((resolve) => setImmediate(resolve));
        cart.push(String(body ?? "book"));
        return {};
      },
      "GET /": ({ session }) => session.cart?.length,
    },
  );
  const visitor = shop.visitor();
  await visitor.post("/begin");
  await Promise.all(Array.from({ length: 20 }, () => visitor.post("/cart")));
  expect(await visitor.read("/")).toBe(20);
});

test("a session that is destroyed while a slow request is at work does not come back, and the slow page is answered", async () => {
  const slow = gate();
  const shop = await site(
    {},
    {
      ...begin,
      "POST /slow": async ({ session }) => {
        await slow.pass();
        session.views = 1;
        return { page: "slow" };
      },
      "POST /logout": async ({ session }) => {
        await done((callback) => session.destroy(callback));
        return {};
      },
      "GET /": ({ session }) => ({ name: session.name ?? null, views: session.views ?? null }),
    },
  );
  const visitor = shop.visitor();
  await visitor.post("/begin");
  const copy = visitor.copy();
  const late = visitor.post("/slow");
  await slow.reached;
  await visitor.post("/logout");
  slow.open();
  const answer = await late;
  expect([answer.status, await answer.json(), answer.headers.getSetCookie()]).toEqual([200, { page: "slow" }, []]);
  expect(await shop.rows.scan(null, 10)).toEqual([]);
  expect(await copy.read("/")).toEqual({ name: null, views: null });
  expect(shop.warnings.map(({ code }) => code)).toContain("EXPRESS_SESSION_DROPPED");
});

test("who saves into a session that ended meanwhile is told so", async () => {
  const slow = gate();
  const shop = await site(
    {},
    {
      ...begin,
      "POST /slow": async ({ session }) => {
        await slow.pass();
        session.views = 1;
        return done((callback) => session.save(callback)).then(
          () => ({ saved: true }),
          (error) => ({ code: error.code }),
        );
      },
      "POST /logout": ({ session }) => done((callback) => session.destroy(callback)).then(() => ({})),
    },
  );
  const visitor = shop.visitor();
  await visitor.post("/begin");
  const late = visitor.post("/slow");
  await slow.reached;
  await visitor.post("/logout");
  slow.open();
  expect(await (await late).json()).toEqual({ code: "ERR_SESSION_ENDED" });
  expect(await shop.rows.scan(null, 10)).toEqual([]);
});

test("a slow request does not undo a login: its session has become another one", async () => {
  const slow = gate();
  const shop = await site(
    {},
    {
      ...begin,
      "POST /slow": async ({ session }) => {
        await slow.pass();
        session.views = 1;
        return {};
      },
      "POST /login": async (request) => {
        await done((callback) => request.session.regenerate(callback));
        request.session.passport = { user: "alice" };
        return {};
      },
      "GET /": ({ session }) => session.passport?.user ?? null,
    },
  );
  const visitor = shop.visitor();
  await visitor.post("/begin");
  const late = visitor.post("/slow");
  await slow.reached;
  await visitor.post("/login");
  slow.open();
  expect((await late).headers.getSetCookie()).toEqual([]);
  expect(await visitor.read("/")).toBe("alice");
  expect(await shop.rows.scan(null, 10)).toHaveLength(1);
});

test("a logout by hand is not undone by a slow request that notes something about the user", async () => {
  const slow = gate();
  const shop = await site(
    { userIdOf: ({ user }) => user?.id },
    {
      "POST /login": ({ session }) => {
        session.user = { id: 7 };
        return {};
      },
      "POST /slow": async ({ session }) => {
        await slow.pass();
        if (session.user) session.user.seen = 1;
        return {};
      },
      "POST /logout": ({ session }) => {
        session.user = null;
        return {};
      },
      "GET /": ({ session }) => ({ user: session.user ?? null }),
    },
  );
  const visitor = shop.visitor();
  await visitor.post("/login");
  const copy = visitor.copy();
  const late = visitor.post("/slow");
  await slow.reached;
  await visitor.post("/logout");
  slow.open();
  await late;
  expect(await visitor.read("/")).toEqual({ user: null });
  expect(await copy.read("/")).toEqual({ user: null });
});

test("twenty requests at once that count by updateSession lose no count, and each sees what came of its own", async () => {
  const shop = await site(
    {},
    {
      ...begin,
      "POST /count": async ({ session }) => {
        session.right = 1;
        await updateSession(session, (draft) => {
          draft.views = (draft.views ?? 0) + 1;
        });
        return { views: session.views };
      },
      "GET /": ({ session }) => ({ views: session.views, right: session.right, name: session.name }),
    },
  );
  const visitor = shop.visitor();
  await visitor.post("/begin");
  const answers = await Promise.all(Array.from({ length: 20 }, () => visitor.post("/count")));
  const seen = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { views: number }).views));
  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
  expect(await visitor.read("/")).toEqual({ views: 20, right: 1, name: "x" });
});

test("a login by updateSession gets its new id too", async () => {
  const shop = await site(
    {},
    {
      ...begin,
      "POST /login": async ({ session }) => {
        await updateSession(session, (draft) => {
          draft.passport = { user: "alice" };
        });
        return {};
      },
      "GET /": ({ session }) => ({ user: session.passport?.user ?? null }),
    },
  );
  const visitor = shop.visitor();
  await visitor.post("/begin");
  const planted = visitor.copy();
  await visitor.post("/login");
  expect([await visitor.read("/"), await planted.read("/")]).toEqual([{ user: "alice" }, { user: null }]);
});

test("a logout by hand that comes after the session has ended begins no other one, and sets no cookie", async () => {
  const slow = gate();
  const shop = await site(
    {},
    {
      "POST /login": ({ session }) => {
        session.passport = { user: "alice" };
        session.name = "x";
        return {};
      },
      "POST /leave": async ({ session }) => {
        await slow.pass();
        delete session.passport;
        return {};
      },
      "POST /logout": ({ session }) => done((callback) => session.destroy(callback)).then(() => ({})),
    },
  );
  const visitor = shop.visitor();
  await visitor.post("/login");
  const late = visitor.copy().post("/leave");
  await slow.reached;
  await visitor.post("/logout");
  slow.open();
  const answer = await late;
  expect([answer.status, answer.headers.getSetCookie(), await shop.rows.scan(null, 9)]).toEqual([200, [], []]);
});
