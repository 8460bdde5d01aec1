import { describe, expect, test } from "vitest";
import { withSession } from "../../src/adapters/fetch.ts";
import type { CookieOptions } from "../../src/http/cookie-options.ts";
import { createSessionManager } from "../../src/manager.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { read } from "./repository.ts";

const scopes: readonly CookieOptions[] = [
  {},
  { scope: "site", domain: "example.com" },
  { scope: "path", path: "/shop" },
  { scope: "embedded" },
  { scope: "insecure" },
];

describe("the table of cookies shows what is really sent", () => {
  test.each(scopes)("%o", async (cookie) => {
    const manager = createSessionManager({ store: memoryStore(), cookie });
    const logIn = withSession(manager, async (_request, { session }) => {
      await session.authenticate({ id: "alice", keep: "none" });
      return new Response();
    });
    const answer = await logIn(new Request("https://shop.example/"));
    const [line = ""] = answer.headers.getSetCookie();
    expect(read("docs/cookies-and-transports.md")).toContain(`| \`${line.replace(/=[^;]+/, "=<token>")}\` |`);
  });
});
