import { expect, test } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
import { sqlStatements, versionsAtOnce } from "../../src/stores/sql.ts";
import { inChunks, toStoredSession } from "../../src/stores/sql-rows.ts";

const removeExpired = { text: "DELETE", values: () => [] };
const questionMarks = sqlStatements({ placeholder: "?", onConflict: "ON CONFLICT (id) DO NOTHING", removeExpired });
const numbers = sqlStatements({ placeholder: "$1", onConflict: "", removeExpired });
const row = { id: "s1" as SessionId, version: 4, userId: "alice", ref: null, expiresAt: 99, body: "{}" };

test("the statements say the same in both styles of placeholders", () => {
  expect(questionMarks.insert.text).toMatch(/VALUES \(\?, \?, \?, \?, \?, \?\) ON CONFLICT \(id\) DO NOTHING$/);
  expect(numbers.insert.text).toMatch(/VALUES \(\$1, \$2, \$3, \$4, \$5, \$6\)$/);
  expect(numbers.scan.text).toMatch(/id > \$1 ORDER BY id LIMIT \$2$/);
});

test("an update is based on the version before, and cannot say whose the session is", () => {
  expect(numbers.update.text).toMatch(
    /SET version = \$1, expires_at = \$2, body = \$3 WHERE id = \$4 AND version = \$5$/,
  );
  expect(numbers.update.values(row)).toEqual([4, 99, "{}", "s1", 3]);
  expect(numbers.update.text).not.toMatch(/user_id|ref/);
});

test("a row is read by its columns, whatever the driver makes of integers, and whatever else it adds", () => {
  const fromDriver = {
    id: "s1",
    version: 4n,
    user_id: "alice",
    ref: null,
    expires_at: "99",
    body: "{}",
    _metadata: {},
  };
  expect(toStoredSession(fromDriver)).toEqual(row);
});

test("versions are asked for in parts of one size, so that it is one statement, and no part names a session twice", () => {
  const ids = Array.from({ length: 2 * versionsAtOnce + 1 }, (_, index) => `s${index}` as SessionId);
  const parts = inChunks(ids).map((part) => questionMarks.versionsOf.values(part));
  expect(parts.map((part) => part.length)).toEqual([versionsAtOnce, versionsAtOnce, versionsAtOnce]);
  expect(parts.flat().filter((id) => id !== "")).toEqual(ids);
  expect(inChunks([])).toEqual([]);
});
