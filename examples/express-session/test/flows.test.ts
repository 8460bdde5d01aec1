import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { alice, type Bookshop, type Import, imports, openBookshop, ordinary, sourceOf } from "./bookshop.ts";

test.each(["app.ts", "server.ts"])("%s is the same with both, but for what it imports", (file) => {
  const before = sourceOf("express-session", file);
  expect(sourceOf("sojourn/express-session", file)).toBe(
    before.replaceAll('"express-session"', '"sojourn/express-session"'),
  );
});

/** The bookshop's own flows: one list of tests, and both imports. */
describe.each(Object.keys(imports) as Import[])("the bookshop on %s", (sessions) => {
  let shop: Bookshop;

  beforeEach(async () => {
    shop = await openBookshop(sessions);
  });
  afterEach(() => shop.close());

  test("counts a visitor's pages, each visitor's for themselves", async () => {
    const [one, other] = [shop.visitor(), shop.visitor()];
    await one.get("/");
    expect(await one.read("/")).toMatchObject({ views: 2 });
    expect(await other.read("/")).toMatchObject({ views: 1 });
  });

  test("stores nothing for who only reads", async () => {
    const visitor = shop.visitor();
    const page = await visitor.get("/public");
    expect([page.headers.getSetCookie(), await page.text()]).toEqual([[], "Open from nine to five"]);
  });

  test("a wrong password is told once, by a flash message, and nobody is logged in", async () => {
    const visitor = shop.visitor();
    const answer = await visitor.post("/login", { ...alice, password: "wrong" });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/"]);
    expect(await visitor.read("/messages")).toEqual(["Wrong name or password"]);
    expect(await visitor.read("/messages")).toEqual([]);
    expect(await visitor.read("/whoami")).toMatchObject({ user: null });
  });

  test("who logs in is known on the page they are sent to, and greeted", async () => {
    const visitor = shop.visitor();
    const answer = await visitor.post("/login", alice);
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/"]);
    expect(await visitor.read("/")).toMatchObject({ user: "alice" });
    expect(await visitor.read("/messages")).toEqual(["Welcome, alice"]);
  });

  test("a login gets another id, and the id before it opens nothing", async () => {
    const visitor = shop.visitor();
    await visitor.get("/");
    const before = await visitor.read<{ id: string }>("/whoami");
    const planted = visitor.copy();
    await visitor.post("/login", alice);
    const after = await visitor.read<{ id: string; user: string }>("/whoami");
    expect(after.user).toBe("alice");
    expect(after.id).not.toBe(before.id);
    expect(await planted.read("/whoami")).toMatchObject({ user: null });
  });

  test("what a visitor had goes with a login that asks for it, and with no other", async () => {
    const [kept, lost] = [shop.visitor(), shop.visitor()];
    for (const visitor of [kept, lost]) await visitor.post("/basket", { book: "Emma" });
    await kept.post("/login/kept", alice);
    await lost.post("/login", alice);
    expect(await kept.read("/")).toMatchObject({ user: "alice", basket: ["Emma"] });
    expect(await lost.read("/")).toMatchObject({ user: "alice", basket: [] });
  });

  test("the id stays what it is while somebody is logged in", async () => {
    const visitor = shop.visitor();
    await visitor.post("/login", alice);
    const { id } = await visitor.read<{ id: string }>("/whoami");
    await visitor.post("/basket", { book: "Emma" });
    expect(await visitor.read("/whoami")).toEqual({ user: "alice", id });
  });

  test("who logs out is out, with every copy of the cookie", async () => {
    const visitor = shop.visitor();
    await visitor.post("/login", alice);
    const copy = visitor.copy();
    const answer = await visitor.post("/logout");
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/"]);
    expect(await visitor.read("/whoami")).toMatchObject({ user: null });
    expect(await copy.read("/whoami")).toMatchObject({ user: null });
  });

  test("who clicks on logout twice is out, and sees no error", async () => {
    const visitor = shop.visitor();
    await visitor.post("/login", alice);
    const copy = visitor.copy();
    const answers = await Promise.all([visitor.post("/logout"), visitor.post("/logout"), visitor.post("/logout")]);
    expect(answers.map(({ status }) => status)).toEqual([302, 302, 302]);
    expect([await visitor.read("/whoami"), await copy.read("/whoami")]).toMatchObject([{ user: null }, { user: null }]);
  });

  test("what is destroyed is gone: from the request, and for the next one", async () => {
    const visitor = shop.visitor();
    await visitor.post("/basket", { book: "Emma" });
    expect(await (await visitor.post("/forget")).json()).toEqual({ session: null });
    expect(await visitor.read("/")).toMatchObject({ basket: [], views: 1 });
  });

  test("a basket fills up, book by book", async () => {
    const visitor = shop.visitor();
    for (const book of ["Emma", "Persuasion"]) await visitor.post("/basket", { book });
    expect(await visitor.read("/")).toMatchObject({ basket: ["Emma", "Persuasion"] });
  });

  test("reload forgets what was not saved, and save keeps what was", async () => {
    const visitor = shop.visitor();
    await visitor.post("/basket", { book: "Emma" });
    expect(await (await visitor.post("/empty")).json()).toBeNull();
    expect(await visitor.read("/")).toMatchObject({ basket: [] });
  });

  test("a page that is written in pieces has its session too, from its first piece on", async () => {
    const visitor = shop.visitor();
    expect(await (await visitor.get("/page")).text()).toBe("<p>views: 1</p><p>expires in: 0s</p>");
    expect(await (await visitor.get("/page")).text()).toContain("views: 2");
  });

  test("who asks to be remembered keeps the cookie for two weeks, others until the browser closes", async () => {
    const plain = await shop.visitor().post("/login", alice);
    expect(plain.headers.getSetCookie()[0]).not.toContain("Expires");
    const remembered = await shop.visitor().post("/login", { ...alice, remember: "yes" });
    const [, expires = ""] = /Expires=([^;]+)/.exec(remembered.headers.getSetCookie()[0] ?? "") ?? [];
    expect(Math.round((new Date(expires).valueOf() - Date.now()) / 86_400_000)).toBe(14);
  });

  test("a session with a maxAge says how much is left", async () => {
    const hour = await openBookshop(sessions, { ...ordinary, cookie: { maxAge: 3_600_000 } });
    const visitor = hour.visitor();
    const first = await visitor.get("/page");
    expect(await first.text()).toContain("expires in: 3600s");
    expect(first.headers.getSetCookie()[0]).toContain("; Expires=");
    await hour.close();
  });
});
