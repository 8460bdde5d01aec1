import { Writable } from "node:stream";
import { pino } from "pino";
import { expect, test } from "vitest";
import { logEvents } from "../../src/log-events.ts";
import { world } from "../support/world.ts";

test("pino writes every event as a line: its type as the message, its facts as fields", async () => {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const here = world({ onEvent: logEvents(pino({ base: null, timestamp: false }, stream)) });
  const browser = here.newcomer();
  const { id } = await browser.logIn("alice");
  await browser.open({ url: `https://shop.example/?${browser.token}` });
  await here.newcomer().open({ headers: { cookie: "__Host-Http-id=nonsense" } });
  const told = lines.map((line) => JSON.parse(line));
  expect(told.map(({ level, msg }) => `${level} ${msg}`)).toEqual([
    "30 session_created",
    "50 session_token_leaked",
    "40 session_refused",
  ]);
  expect(told[0]).toMatchObject({ sessionId: id, userId: "alice", severity: "info" });
  expect(lines.join("")).not.toContain(browser.token.slice(23));
});
