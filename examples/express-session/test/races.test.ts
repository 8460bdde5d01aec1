import { expect, test } from "vitest";
import type { Import } from "./bookshop.ts";
import { openSlowSite, sessionOf } from "./slow-site.ts";

/*
 * What becomes of sessions when requests overlap. With express-session it is as its README says of `resave` and `save`: the
 * contents in memory replace those in the store.
 */

test.each<[Import, object]>([
  ["express-session", { user: "alice", right: true }],
  ["sojourn/express-session", { user: "alice", left: true, right: true }],
])("%s: of two slow requests that write different keys, this is left", async (sessions, left) => {
  const site = await openSlowSite(await sessionOf(sessions), quietly(sessions));
  const visitor = site.visitor();
  await visitor.post("/begin");
  const first = visitor.post("/slow/left");
  const second = visitor.post("/slow/right");
  await Promise.all([site.at.left?.reached, site.at.right?.reached]);
  site.at.left?.open();
  await first;
  site.at.right?.open();
  await second;
  expect(await visitor.read("/")).toEqual(left);
  await site.close();
});

test.each<[Import, object]>([
  ["express-session", { user: "alice", left: true }],
  ["sojourn/express-session", {}],
])("%s: a logout during a slow request leaves this to whoever has the cookie", async (sessions, left) => {
  const site = await openSlowSite(await sessionOf(sessions), quietly(sessions));
  const visitor = site.visitor();
  await visitor.post("/begin");
  const copy = visitor.copy();
  const slow = visitor.post("/slow/left");
  await site.at.left?.reached;
  await visitor.post("/logout");
  site.at.left?.open();
  await slow;
  expect(await copy.read("/")).toEqual(left);
  await site.close();
});

function quietly(sessions: Import): object {
  return sessions === "express-session" ? {} : { warn: false };
}
