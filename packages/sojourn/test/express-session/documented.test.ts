import { createServer, request as send } from "node:http";
import type { Request } from "express";
import { afterEach, describe, expect, test } from "vitest";
import { session } from "../../src/express-session/index.ts";
import { listenTo } from "../adapters/applications/listen.ts";
import { done, frameworks, openSite, type Site } from "./support/site.ts";

/*
 * What express-session's README says of options and methods, story by story, on both versions of Express.
 */

const closing: Site[] = [];
afterEach(async () => {
  for (const each of closing.splice(0)) await each.close();
});

const cookieLines = (response: Response) => response.headers.getSetCookie();
const attributesOf = (response: Response) => cookieLines(response)[0]?.split("; ").slice(1) ?? [];
const count = ({ session }: Request) => {
  session.views = (session.views ?? 0) + 1;
  return { views: session.views };
};
const look = ({ session, sessionID }: Request) => ({ views: session.views ?? null, id: sessionID, own: session.id });

describe.each(frameworks)("%s", (_, create) => {
  async function site(...[options, pages, more]: Parameters<typeof openSite>): Promise<Site> {
    const opened = await openSite(options, pages, { create, ...more });
    closing.push(opened);
    return opened;
  }
  const counting = (options: Parameters<typeof openSite>[0]) =>
    site(options, { "GET /": count, "GET /look": look, "GET /shop/cart": count });

  describe("the cookie", () => {
    test("is called connect.sid, is for the whole host, unreadable for scripts, and gone with the browser", async () => {
      const answer = await (await counting({})).visitor().get("/");
      expect(cookieLines(answer)).toHaveLength(1);
      expect(cookieLines(answer)[0]).toMatch(/^connect\.sid=s%3A[^;]+; Path=\/; HttpOnly; SameSite=Lax$/);
    });

    test("has the name and the attributes it is given", async () => {
      const cookie = { path: "/shop", domain: "shop.example", sameSite: "none", partitioned: true, priority: "high" };
      const shop = await counting({ name: "books", cookie: { ...cookie, maxAge: 3_600_000 } as never });
      const answer = await shop.visitor().get("/shop/cart");
      expect(cookieLines(answer)[0]).toMatch(/^books=s%3A/);
      const expires = new Date(shop.clock.now() + 3_600_000).toUTCString();
      const [domain, path] = ["Domain=shop.example", "Path=/shop"];
      const rest = ["HttpOnly", "Partitioned", "Priority=High", "SameSite=None"];
      expect(attributesOf(answer)).toEqual([domain, path, `Expires=${expires}`, ...rest]);
    });

    test("cannot be made readable for scripts", async () => {
      const shop = await site(
        { cookie: { httpOnly: false } },
        {
          "GET /": ({ session }) => {
            session.views = 1;
            return { httpOnly: session.cookie.httpOnly };
          },
        },
      );
      const answer = await shop.visitor().get("/");
      expect([attributesOf(answer).includes("HttpOnly"), await answer.json()]).toEqual([true, { httpOnly: true }]);
    });

    test("is not set outside of its path, where there is no session either", async () => {
      const shop = await site(
        { cookie: { path: "/shop" }, saveUninitialized: true },
        { "GET /": ({ session }) => ({ has: session !== undefined }), "GET /shop/cart": count },
      );
      const answer = await shop.visitor().get("/");
      expect([await answer.json(), cookieLines(answer)]).toEqual([{ has: false }, []]);
      expect(cookieLines(await shop.visitor().get("/shop/cart"))).toHaveLength(1);
    });

    test("may be a function of the request", async () => {
      const shop = await counting({ cookie: (request) => ({ path: `/${request.url.split("/")[1]}` }) });
      expect(attributesOf(await shop.visitor().get("/shop/cart"))).toContain("Path=/shop");
    });

    test.each([
      [true, "SameSite=Strict"],
      ["strict", "SameSite=Strict"],
      ["lax", "SameSite=Lax"],
      ["auto", "SameSite=Lax"],
      [false, undefined],
    ] as const)("sameSite: %s", async (sameSite, expected) => {
      const answer = await (await counting({ cookie: { sameSite } })).visitor().get("/");
      expect(attributesOf(answer).find((attribute) => attribute.startsWith("SameSite"))).toBe(expected);
    });

    test("secure: auto follows the connection, as the proxies say that Express was told of", async () => {
      const shop = await site({}, { "GET /": count }, { create, prepare: (app) => void app.set("trust proxy", 1) });
      expect(attributesOf(await shop.visitor().get("/"))).not.toContain("Secure");
      const proxied = await shop.visitor().get("/", { "X-Forwarded-Proto": "https" });
      expect(attributesOf(proxied)).toContain("Secure");
    });

    test.each([
      [undefined, false],
      [false, false],
      [true, true],
    ])("proxy: %s, where Express trusts none: a secure cookie is set behind one: %s", async (proxy, isSet) => {
      const shop = await counting({ proxy, cookie: { secure: true } });
      const answer = await shop.visitor().get("/", { "X-Forwarded-Proto": "https, http" });
      expect(cookieLines(answer)).toHaveLength(isSet ? 1 : 0);
      expect(await shop.rows.scan(null, 9)).toHaveLength(isSet ? 1 : 0);
      expect(shop.warnings.some(({ code }) => code === "EXPRESS_SESSION_COOKIE_NOT_SENT")).toBe(!isSet);
    });

    test("is set again with a change where it has a time, and not without one", async () => {
      const timed = (await counting({ cookie: { maxAge: 3_600_000 } })).visitor();
      await timed.get("/");
      expect(cookieLines(await timed.get("/"))).toHaveLength(1);
      expect(cookieLines(await timed.get("/look"))).toEqual([]);
      const timeless = (await counting({})).visitor();
      await timeless.get("/");
      expect(cookieLines(await timeless.get("/"))).toEqual([]);
    });

    test("rolling: it is set with every response, and its time begins anew", async () => {
      const shop = await counting({ rolling: true, cookie: { maxAge: 3_600_000 } });
      const visitor = shop.visitor();
      const [first = ""] = cookieLines(await visitor.get("/"));
      shop.clock.advance("10m");
      const [again = ""] = cookieLines(await visitor.get("/look"));
      expect(again.split(";")[0]).toBe(first.split(";")[0]);
      expect(again).toContain(new Date(shop.clock.now() + 3_600_000).toUTCString());
    });

    test("rolling sets none for a session that is not stored", async () => {
      expect(cookieLines(await (await counting({ rolling: true })).visitor().get("/look"))).toEqual([]);
    });
  });

  describe("req.session.cookie", () => {
    test("can be altered for one visitor: another time, or none at all", async () => {
      const shop = await site(
        { cookie: { maxAge: 3_600_000 } },
        {
          "GET /minute": ({ session }) => {
            session.views = 1;
            session.cookie.maxAge = 600_000;
            return { maxAge: session.cookie.maxAge, original: session.cookie.originalMaxAge };
          },
          "GET /browser": ({ session }) => {
            session.views = 1;
            session.cookie.expires = false as never;
            return { maxAge: session.cookie.maxAge ?? null, original: session.cookie.originalMaxAge };
          },
          "GET /date": ({ session }) => {
            session.views = 1;
            session.cookie.expires = new Date(shop.clock.now() + 60_000);
            return { maxAge: session.cookie.maxAge, original: session.cookie.originalMaxAge };
          },
        },
      );
      expect(await shop.visitor().read("/minute")).toEqual({ maxAge: 600_000, original: 600_000 });
      expect(await shop.visitor().read("/date")).toEqual({ maxAge: 60_000, original: 60_000 });
      const browser = await shop.visitor().get("/browser");
      expect(await browser.json()).toEqual({ maxAge: null, original: null });
      expect(cookieLines(browser)[0]).not.toContain("Expires");
    });

    test("tells how much is left, until the response begins it anew", async () => {
      const shop = await site(
        { cookie: { maxAge: 600_000 } },
        {
          "GET /": count,
          "GET /left": ({ session }) => ({ left: session.cookie.maxAge, again: session.touch().cookie.maxAge }),
        },
      );
      const visitor = shop.visitor();
      await visitor.get("/");
      shop.clock.advance("4m");
      expect(await visitor.read("/left")).toEqual({ left: 360_000, again: 600_000 });
      shop.clock.advance("1m");
      expect(await visitor.read("/left")).toMatchObject({ left: 540_000 });
    });
  });

  describe("what is stored, and when", () => {
    test("saveUninitialized: true stores a session for every visitor; false only for who has something in it", async () => {
      const every = await counting({ saveUninitialized: true });
      expect(cookieLines(await every.visitor().get("/look"))).toHaveLength(1);
      const some = await counting({ saveUninitialized: false });
      expect(cookieLines(await some.visitor().get("/look"))).toEqual([]);
      expect([(await every.rows.scan(null, 9)).length, (await some.rows.scan(null, 9)).length]).toEqual([1, 0]);
    });

    test("what is not changed is not written, whatever resave says", async () => {
      const shop = await counting({ resave: true });
      const visitor = shop.visitor();
      await visitor.get("/");
      await visitor.get("/look");
      expect(shop.store.calls.update).toBe(0);
    });

    test("the id is known before the session is stored, and stays the same", async () => {
      const shop = await site(
        {},
        {
          "GET /": (request) => {
            request.session.views = 1;
            return look(request);
          },
          "GET /look": look,
        },
      );
      const visitor = shop.visitor();
      const first = await visitor.read<{ id: string; own: string }>("/");
      expect(first.own).toBe(first.id);
      expect(await visitor.read("/look")).toEqual(first);
    });

    test("what JSON makes of it is what is there: dates are texts, functions are gone", async () => {
      const shop = await site(
        {},
        {
          "GET /": ({ session }) => {
            Object.assign(session, { at: new Date(0), call: () => 1, none: undefined, deep: { set: new Set([1]) } });
            return {};
          },
          "GET /look": ({ session }) => ({ ...session, cookie: null }),
        },
      );
      const visitor = shop.visitor();
      await visitor.get("/");
      expect(await visitor.read("/look")).toEqual({ cookie: null, at: "1970-01-01T00:00:00.000Z", deep: { set: {} } });
    });

    test("a redirect waits for the session it leads to", async () => {
      const shop = await site(
        {},
        {
          "GET /": look,
          "POST /": ({ session, res }) => {
            session.views = 1;
            res?.redirect("/");
            // As an application does by mistake: it ends nothing.
            res?.end("again");
          },
        },
      );
      const insertion = shop.store.hold("insert");
      const visitor = shop.visitor();
      let isAnswered = false;
      const answer = visitor.post("/").finally(() => {
        isAnswered = true;
      });
      await insertion.reached;
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(isAnswered).toBe(false);
      insertion.release();
      expect((await answer).status).toBe(302);
      expect(await visitor.read("/")).toMatchObject({ views: 1 });
    });

    test("a page that is sent in pieces may begin a session: the cookie goes out with the first piece", async () => {
      const shop = await site(
        {},
        {
          "GET /": ({ session, res }) => {
            session.views = 1;
            res?.write("one ");
            session.name = "late";
            res?.end("two");
          },
          "GET /look": ({ session }) => ({ views: session.views, name: session.name }),
        },
      );
      const visitor = shop.visitor();
      expect(await (await visitor.get("/")).text()).toBe("one two");
      expect(await visitor.read("/look")).toEqual({ views: 1, name: "late" });
    });
  });

  describe("unset", () => {
    const unsetting = (unset: "keep" | "destroy") =>
      site(
        { unset },
        {
          "GET /": count,
          "GET /unset": (request) => {
            request.session.views = 99;
            request.session = null as never;
            return {};
          },
          "GET /look": ({ session }) => ({ views: session.views ?? null }),
        },
      );

    test("keep: the session stays as it was stored", async () => {
      const visitor = (await unsetting("keep")).visitor();
      await visitor.get("/");
      await visitor.get("/unset");
      expect(await visitor.read("/look")).toEqual({ views: 1 });
    });

    test("destroy: the session is ended with the response", async () => {
      const shop = await unsetting("destroy");
      const visitor = shop.visitor();
      await visitor.get("/");
      const copy = visitor.copy();
      await visitor.get("/unset");
      expect([await copy.read("/look"), await shop.rows.scan(null, 9)]).toEqual([{ views: null }, []]);
    });
  });

  describe("the methods", () => {
    test("regenerate: an empty session with another id takes its place, and is stored", async () => {
      const shop = await site(
        {},
        {
          "GET /": count,
          "GET /new": async (request) => {
            const before = request.sessionID;
            await done((callback) => request.session.regenerate(callback));
            return { isOther: before !== request.sessionID, views: request.session.views ?? null };
          },
        },
      );
      const visitor = shop.visitor();
      await visitor.get("/");
      const copy = visitor.copy();
      expect(await visitor.read("/new")).toEqual({ isOther: true, views: null });
      expect(await shop.rows.scan(null, 9)).toHaveLength(1);
      expect([await visitor.read("/"), await copy.read("/")]).toEqual([{ views: 1 }, { views: 1 }]);
    });

    test("destroy takes req.session away at once, and returns the session", async () => {
      const shop = await site(
        {},
        {
          "GET /": count,
          "GET /end": async (request) => {
            const { session } = request;
            let returned: unknown;
            const ended = done((callback) => {
              returned = session.destroy(callback);
            });
            const isGone = request.session === undefined;
            await ended;
            return { isGone, isItself: returned === session };
          },
        },
      );
      const visitor = shop.visitor();
      await visitor.get("/");
      const end = await visitor.get("/end");
      expect(await end.json()).toEqual({ isGone: true, isItself: true });
      const gone = "connect.sid=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax";
      expect(cookieLines(end)).toEqual([gone]);
      expect(await shop.rows.scan(null, 9)).toEqual([]);
    });

    test("destroy without a callback is waited for all the same, and its failure is not hidden", async () => {
      const shop = await site({}, { "GET /": count, "GET /end": ({ session }) => ({ is: typeof session.destroy() }) });
      const visitor = shop.visitor();
      await visitor.get("/");
      const copy = visitor.copy();
      for (const _ of [1, 2, 3]) shop.store.failNext("remove");
      const failed = await visitor.get("/end");
      expect([failed.status, await failed.json()]).toEqual([503, { error: "ERR_STORE_UNAVAILABLE" }]);
      await copy.get("/end");
      expect(await shop.rows.scan(null, 9)).toEqual([]);
    });

    test("save stores before the response; reload reads what others stored since", async () => {
      const shop = await site(
        {},
        {
          "GET /": count,
          "GET /save": async ({ session }) => {
            session.views = 10;
            await done((callback) => session.save(callback));
            return { updates: shop.store.calls.update };
          },
          "GET /reload": async (request) => {
            request.session.views = 0;
            await done((callback) => request.session.reload(callback));
            return { views: request.session.views };
          },
        },
      );
      const visitor = shop.visitor();
      await visitor.get("/");
      expect(await visitor.read("/save")).toEqual({ updates: 1 });
      expect(await visitor.read("/reload")).toEqual({ views: 10 });
      expect(shop.store.calls.update).toBe(1);
    });

    test("reload of what is not stored fails, and says so", async () => {
      const shop = await site(
        {},
        {
          "GET /": ({ session }) => done((callback) => session.reload(callback)).catch(({ message }) => ({ message })),
        },
      );
      expect(await shop.visitor().read("/")).toEqual({ message: "failed to load session" });
    });

    test("data that is named like a method hides none", async () => {
      const shop = await site(
        {},
        {
          "GET /": ({ session }) => {
            Object.assign(session, { views: 1 });
            Object.defineProperty(session, "save", { value: "x", enumerable: true, configurable: true });
            return {};
          },
          "GET /look": ({ session }) => ({ save: typeof session.save }),
        },
      );
      const visitor = shop.visitor();
      await visitor.get("/");
      expect(await visitor.read("/look")).toEqual({ save: "function" });
    });
  });

  test("genid names sessions, whatever it returns, and asks for another name where one is taken", async () => {
    const names = ["user-1/ä", "taken", "taken", "free"];
    const shop = await counting({ genid: () => names.shift() ?? "none" });
    const visitor = shop.visitor();
    await visitor.get("/");
    expect(await visitor.read("/look")).toEqual({ views: 1, id: "user-1/ä", own: "user-1/ä" });
    const other = shop.visitor();
    await other.get("/");
    expect(await other.read("/look")).toMatchObject({ id: "taken" });
    const third = shop.visitor();
    await third.get("/");
    expect(await third.read("/look")).toEqual({ views: 1, id: "free", own: "free" });
  });

  test("a list of secrets: the first signs, each is accepted, and one that is gone is not", async () => {
    const pages = { "GET /": count };
    const old = await site({ secret: "old" }, pages);
    const visitor = old.visitor();
    await visitor.get("/");
    const cookies = visitor.cookies;
    const both = await site({ secret: ["new", "old"], store: old.rows, clock: old.clock }, pages);
    const rotated = await fetch(both.origin, { headers: { Cookie: cookies } });
    expect(await rotated.json()).toEqual({ views: 2 });
    const gone = await site({ secret: "new", store: old.rows, clock: old.clock }, pages);
    expect(await (await fetch(gone.origin, { headers: { Cookie: cookies } })).json()).toEqual({ views: 1 });
    const binary = await site({ secret: Buffer.from("old"), store: old.rows, clock: old.clock }, pages);
    expect(await (await fetch(binary.origin, { headers: { Cookie: cookies } })).json()).toEqual({ views: 3 });
  });

  test("mounted twice, the outer one counts", async () => {
    const twice = session({ secret: "other", warn: false });
    const shop = await site({}, { "GET /": count }, { create, prepare: (app) => void app.use(twice) });
    expect(cookieLines(await shop.visitor().get("/"))).toHaveLength(1);
  });
});

test("the middleware opens the session of a socket's handshake, where there is no response to speak of", async () => {
  const options = { secret: "keyboard cat", resave: false, saveUninitialized: false, warn: false } as const;
  const shop = await openSite({}, { "GET /": count, "GET /look": look });
  const sessions = session({ ...options, store: shop.rows, clock: shop.clock });
  const server = createServer();
  server.on("upgrade", (request: Request, socket) => {
    sessions(request, {} as never, async (error) => {
      request.session.name = "socket";
      await done((callback) => request.session.save(callback));
      socket.end(`HTTP/1.1 400 Told\r\nX-Views: ${error ?? request.session.views}\r\nConnection: close\r\n\r\n`);
    });
  });
  const { origin, close } = await listenTo(server);
  const visitor = shop.visitor();
  await visitor.get("/");
  const headers = { Cookie: visitor.cookies, Connection: "Upgrade", Upgrade: "websocket" };
  const views = await new Promise((resolve, reject) => {
    send(origin, { headers }, (response) => resolve(response.headers["x-views"]))
      .on("error", reject)
      .end();
  });
  expect(views).toBe("1");
  expect((await shop.rows.scan(null, 9))[0]?.body).toContain('"name":"socket"');
  await Promise.all([close(), shop.close()]);
});

test("attributes that would be others set no cookie", async () => {
  const shop = await openSite(
    {},
    {
      "GET /": ({ session }) => {
        session.views = 1;
        session.cookie.path = "/; Domain=example.com";
        return {};
      },
    },
  );
  const answer = await shop.visitor().get("/");
  expect(answer.headers.getSetCookie()).toEqual([]);
  await shop.close();
});
