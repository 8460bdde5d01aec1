import { expect, test } from "vitest";
import { aResponse } from "./exchange.ts";

test("no-store wins over what the handler said", () => {
  const { plan, send } = aResponse({ headers: { "Cache-Control": "public, max-age=3600" } });
  plan.setCaching("no-store", { vary: "Cookie" });
  expect(send().headers).toEqual({ "cache-control": "no-store", vary: "Cookie" });
});

test("a cookie makes the response no-store, even where nobody asked for it", () => {
  const { plan, send } = aResponse({ headers: { "Cache-Control": "public" } });
  plan.setCookie("__Host-Http-id", "__Host-Http-id=a; Path=/");
  expect(send().headers).toEqual({ "cache-control": "no-store", vary: "Cookie" });
});

test("private is only what happens if the handler says nothing", () => {
  const silent = aResponse();
  silent.plan.setCaching("private", { vary: "Cookie" });
  expect(silent.send().headers["cache-control"]).toBe("private, no-cache");

  const outspoken = aResponse({ headers: { "cache-control": "public, max-age=60" } });
  outspoken.plan.setCaching("private", { vary: "Cookie" });
  expect(outspoken.send().headers["cache-control"]).toBe("public, max-age=60");
});

test("of two rules the stricter counts, in either order", () => {
  const first = aResponse();
  first.plan.setCaching("no-store", { vary: "Cookie" });
  first.plan.setCaching("private", { vary: "Cookie" });
  expect(first.send().headers["cache-control"]).toBe("no-store");

  const second = aResponse();
  second.plan.setCaching("private", { vary: "Cookie" });
  second.plan.setCaching("no-store", { vary: "Cookie" });
  expect(second.send().headers["cache-control"]).toBe("no-store");
});

test.each([
  [null, "Cookie"],
  ["", "Cookie"],
  ["Accept-Encoding", "Accept-Encoding, Cookie"],
  ["Accept-Encoding , Origin,", "Accept-Encoding, Origin, Cookie"],
  ["cookie", "cookie"],
  ["Accept, COOKIE", "Accept, COOKIE"],
  ["*", "*"],
  ["Accept, *", "*"],
])("Vary: %j becomes %j", (said, sent) => {
  const { plan, send } = aResponse({ headers: said === null ? {} : { Vary: said } });
  plan.setCaching("private", { vary: "Cookie" });
  expect(send().headers.vary).toBe(sent);
});

test("a plan that decided nothing leaves the response as it is", () => {
  const { send } = aResponse({ headers: { "Cache-Control": "public", Vary: "Accept" }, cookies: ["theme=dark"] });
  expect(send()).toEqual({ headers: { "cache-control": "public", vary: "Accept" }, cookies: ["theme=dark"] });
});

test("the engine's cookie replaces one of the same name, its own earlier one and the handler's", () => {
  const { plan, send } = aResponse({ cookies: ["__Host-Http-id=planted", "theme=dark", "__Host-Http-id2=other"] });
  plan.setCookie("__Host-Http-id", "__Host-Http-id=first");
  plan.setCookie("__Host-Http-id", "__Host-Http-id=second");
  expect(send().cookies).toEqual(["theme=dark", "__Host-Http-id2=other", "__Host-Http-id=second"]);
});

test("a handler's cookie is not mistaken for the engine's because of its value or its case", () => {
  const others = ["a=__Host-Http-id=x", "__host-http-id=x", "broken"];
  const { plan, send } = aResponse({ cookies: others });
  plan.setCookie("__Host-Http-id", "__Host-Http-id=a");
  expect(send().cookies).toEqual([...others, "__Host-Http-id=a"]);
});

test("a header the engine sets wins over the handler's", () => {
  const { plan, send } = aResponse({ headers: { "Clear-Site-Data": '"cache"' } });
  plan.setHeader("Clear-Site-Data", '"storage"');
  expect(send().headers["clear-site-data"]).toBe('"storage"');
});

test("once the headers are sent, the plan says so and takes nothing more", () => {
  const { plan, send } = aResponse();
  expect(plan.writable).toBe(true);
  send();
  expect(plan.writable).toBe(false);
  const sent = expect.objectContaining({ code: "ERR_RESPONSE_SENT" });
  expect(() => plan.setCookie("a", "a=b")).toThrow(sent);
  expect(() => plan.setHeader("a", "b")).toThrow(sent);
  expect(() => plan.setCaching("no-store", { vary: "Cookie" })).toThrow(sent);
});
