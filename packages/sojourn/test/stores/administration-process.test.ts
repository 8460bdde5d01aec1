import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import type { SessionEvent } from "../../src/core/events.ts";
import { createSessionManager } from "../../src/manager.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { said } from "../support/kinds.ts";
import { Visitor } from "../support/visitor.ts";
import { bindings, inDirectory } from "./sqlite-databases.ts";

const script = fileURLToPath(new URL("administration.mjs", import.meta.url));
const built = fileURLToPath(new URL("../../dist/index.js", import.meta.url));

beforeAll(() => {
  expect(existsSync(built), "The administration runs the built library: run `npm run build` first").toBe(true);
});

/** Grants Alice a role in a process of its own; how many of her sessions that concerns. */
async function grantedInAnotherProcess(place: { readonly binding: string; readonly file: string }): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(place)]);
  return Number(stdout);
}

test.each(bindings)(
  "an administrator grants Alice a role in another process; a copy of her cookie taken before is dead as soon as her browser has shown the new one; her requests in flight until then survive ($name)",
  (binding) =>
    inDirectory(async (directory) => {
      const file = join(directory, "sessions.db");
      const db = binding.open(file);
      db.exec("PRAGMA journal_mode = WAL");
      const events: SessionEvent[] = [];
      const onEvent = (event: SessionEvent) => events.push(event);
      const manager = createSessionManager({ store: sqliteStore(db, { createTable: true }), onEvent });
      const browser = new Visitor(manager);
      const { id } = await browser.logIn("alice");
      const copy = browser.copy();
      const atWork = await browser.signedIn();

      expect(await grantedInAnotherProcess({ binding: binding.name, file })).toBe(1);

      // Until her browser has shown the new secret, every request with the old one is served and brings the same new one.
      const inFlight = await Promise.all(Array.from({ length: 5 }, () => browser.request()));
      expect(inFlight.map(({ session }) => said(session))).toEqual(Array(5).fill("authenticated, alice"));
      const handedOut = new Set(inFlight.flatMap(({ response }) => [...response.cookies.values()]));
      expect(handedOut.size).toBe(1);
      expect(said(await copy.copy().open())).toBe("authenticated, alice");

      // It shows it: the copy is dead at once, without the grace of an ordinary renewal.
      for (const { deliver } of inFlight) deliver();
      expect(browser.token).not.toBe(copy.token);
      expect(said(await browser.open())).toBe("authenticated, alice");
      expect(events.at(-1)).toMatchObject({ type: "session_renewed", cause: "privileges-changed", sessionId: id });
      expect(said(await copy.open())).toBe("anonymous, superseded");

      // What was at work since before still finishes.
      await atWork.update((draft) => {
        draft.note = "written";
      });
      expect((await browser.signedIn()).data).toEqual({ note: "written" });
      db.close();
    }),
);
