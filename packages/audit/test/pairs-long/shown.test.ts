import { expect, test } from "vitest";
import type { Report } from "../../src/index.ts";
import { auditNotes } from "../support/audit-notes.ts";

function resultOf({ checks }: Report, id: string) {
  const found = checks.find((each) => each.id === id);
  if (!found) throw new Error(`${id} is in the report`);
  return found;
}

test.each([
  [
    "X-COOK-03",
    new Set(["X-COOK-03"]),
    /^a form on another site, in Chromium \d+: the cookie (goes along|stays away)$/,
  ],
  [
    "X-COOK-05",
    new Set(["X-COOK-05", "plain name"]),
    /^audit-sibling\.notes\.localhost, opened in Chromium \d+: gets id$/,
  ],
  [
    "X-FIX-05",
    new Set(["X-FIX-05", "plain name"]),
    /^set by another host of the domain, in Chromium \d+: answered as bob$/,
  ],
  ["X-END-02", new Set(["X-END-02"]), /^Chromium \d+: has __Host-id as before, after the logout$/],
  ["X-END-13", new Set(["X-END-13"]), /^a link on another site, in Chromium \d+: signed out afterwards$/],
  ["X-CSRF-06", new Set(["X-CSRF-06"]), /^a form on another site, in Chromium \d+: signed in afterwards$/],
  [
    "X-CSRF-07",
    new Set(["X-CSRF-07", "SameSite=None"]),
    /^a sandboxed frame on another site, in Chromium \d+: the value was/,
  ],
])("what %s finds is shown in a real browser too", async (id, flaws, line) => {
  const report = await auditNotes(flaws, { only: [id] });
  expect(resultOf(report, id).verdict).toBe("fail");
  expect(
    resultOf(report, id).proof.filter((each) => line.test(each)),
    resultOf(report, id).proof.join("\n"),
  ).toHaveLength(1);
});

test("over https, a cookie without Secure is sent by a real browser over http", async () => {
  const report = await auditNotes(new Set(["X-COOK-01", "plain name"]), { only: ["X-COOK-01"], overHttps: true });
  expect(resultOf(report, "X-COOK-01").proof[0]).toMatch(/^http:.*, opened in Chromium \d+: the cookie was sent$/);
});
