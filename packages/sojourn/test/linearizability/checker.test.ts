import { describe, expect, test } from "vitest";
import { check } from "./check.ts";
import type { Act, Operation } from "./operation.ts";
import { kindOfWrong, wrongHistoryText } from "./print.ts";
import { essence } from "./shrink.ts";

const loggedIn = operation(1, 2, { do: "log in", value: "", token: "t1" });
const writes = (asked: number, answered: number | null, seen: string, value: string, ticket: string | null = null) =>
  operation(asked, answered, { do: "update", seen, value, ticket, answer: answered === null ? null : "done" });
const opens = (asked: number, value: string, ticket: string | null = null, token = "t1") =>
  operation(asked, asked + 1, { do: "open", token, answer: { value, ticket } });
const isRefused = (asked: number, refused: string, token = "t1") =>
  operation(asked, asked + 1, { do: "open", token, answer: { refused } });
const takes = (asked: number, answered: number, ticket: string | null) =>
  operation(asked, answered, { do: "take", answer: { ticket } });
const renews = (asked: number, from: string, to: string) =>
  operation(asked, asked + 1, { do: "renew", token: from, to, answer: "done" });
const ends = (asked: number, answered: number | null) =>
  operation(asked, answered, {
    do: "remove",
    by: "end",
    answer: answered === null ? null : "done",
    repeated: false,
    isFinal: true,
  });
const revokes = (asked: number, answer: boolean, repeated = false) =>
  operation(asked, asked + 1, { do: "remove", by: "revoke", answer, repeated, isFinal: true });
const failsOver = (asked: number, latest: number, since: number) => ({
  ...operation(asked, null, { do: "fail over", since }),
  latest,
});

describe("what can be explained is accepted", () => {
  test.for<[string, readonly Operation[]]>([
    ["one after the other", [writes(3, 4, "", "a"), opens(5, "a"), ends(7, 8), isRefused(9, "unknown")]],
    [
      "two writers at once, the later answer first in effect",
      [writes(3, 8, "b", "a"), writes(4, 6, "", "b"), opens(9, "a")],
    ],
    ["a write without an answer that took effect", [writes(3, null, "", "a"), opens(5, "a")]],
    ["a write without an answer that did not", [writes(3, null, "", "a"), opens(5, ""), opens(7, "")]],
    ["a write without an answer that took effect late", [writes(3, null, "", "a"), opens(5, ""), opens(7, "a")]],
    ["a logout without an answer that worked in the end", [ends(3, null), opens(5, ""), isRefused(7, "unknown")]],
    ["one ticket, two takers", [writes(3, 4, "", "a", "a"), takes(5, 9, null), takes(6, 8, "a")]],
    ["an old token refused", [renews(3, "t1", "t2"), isRefused(5, "superseded"), opens(7, "", null, "t2")]],
    ["a revocation sent twice", [ends(3, 4), revokes(5, true, true)]],
    ["an opening while it ends", [ends(3, 8), opens(4, ""), isRefused(9, "unknown")]],
  ])("%s", ([, history]) => {
    expect(check([loggedIn, ...history])).toMatchObject({ isExplained: true, undone: "nothing" });
  });
});

describe("what cannot is rejected, and called what it is", () => {
  test.for<[string, string, readonly Operation[]]>([
    ["a lost update", "out of order", [writes(3, 4, "", "a"), writes(5, 6, "", "b")]],
    ["a ticket taken twice", "out of order", [writes(3, 4, "", "a", "a"), takes(5, 8, "a"), takes(6, 7, "a")]],
    ["a stale answer", "out of order", [writes(3, 4, "", "a"), opens(5, "")]],
    ["an answer that goes back", "out of order", [writes(3, null, "", "a"), opens(5, "a"), opens(7, "")]],
    ["a replaced token that still opens", "out of order", [renews(3, "t1", "t2"), opens(5, "")]],
    ["an ended session that opens", "revived", [ends(3, 4), opens(5, "")]],
    ["an ended session that is written", "revived", [ends(3, 4), writes(5, 6, "", "a")]],
    ["a session nobody ended that is gone", "lost", [writes(3, 4, "", "a"), isRefused(5, "unknown")]],
    ["a session that is removed by two", "revived", [revokes(3, true), revokes(5, true)]],
    ["a revocation that says there was nothing", "lost", [revokes(3, false)]],
  ])("%s is %s", ([, kind, history]) => {
    expect(check([loggedIn, ...history]).isExplained).toBe(false);
    expect(kindOfWrong([loggedIn, ...history])).toBe(kind);
  });
});

describe("a failover", () => {
  const history = [loggedIn, writes(3, 4, "", "a"), writes(10, 11, "a", "b")];

  test("may undo what had not reached the replica, and that is said", () => {
    expect(check([...history, failsOver(12, 13, 9), opens(14, "a")])).toMatchObject({
      isExplained: true,
      undone: "write",
    });
  });

  test("undoes nothing where nothing is missing", () => {
    expect(check([...history, failsOver(12, 13, 9), opens(14, "b")])).toMatchObject({ undone: "nothing" });
  });

  test("may not undo what had reached it long before", () => {
    expect(check([...history, failsOver(12, 13, 9), opens(14, "")]).isExplained).toBe(false);
  });

  test("undoes nothing after it is over", () => {
    expect(check([...history, failsOver(12, 13, 9), opens(14, "b"), opens(16, "a")]).isExplained).toBe(false);
  });

  test("brings back a removal that was not confirmed, and no other", () => {
    const removed = (isFinal: boolean) =>
      operation(10, 11, { do: "remove", by: "end", answer: "done", repeated: false, isFinal });
    expect(check([loggedIn, removed(false), failsOver(12, 13, 9), opens(14, "")])).toMatchObject({ undone: "removal" });
    expect(check([loggedIn, removed(true), failsOver(12, 13, 9), opens(14, "")]).isExplained).toBe(false);
  });
});

test("a crash undoes what others saw and nobody was told of, and nothing that was acknowledged", () => {
  const crash = (asked: number) => failsOver(asked, asked + 1, Number.POSITIVE_INFINITY);
  const seen = [loggedIn, writes(3, null, "", "a"), opens(5, "a"), crash(7)];
  expect(check([...seen, opens(9, "")])).toMatchObject({ isExplained: true, undone: "write" });
  expect(check([loggedIn, writes(3, 4, "", "a"), crash(7), opens(9, "")]).isExplained).toBe(false);
});

test("of a long history only what is wrong is shown", () => {
  const history = [loggedIn];
  for (let at = 0; at < 40; at++) {
    const [asked, seen] = [10 * at + 10, at === 0 ? "" : `v${at - 1}`];
    history.push(writes(asked, asked + 1, seen, `v${at}`), opens(asked + 2, `v${at}`));
  }
  const stale = opens(1_000, "v3");
  expect(essence([...history, stale])).toHaveLength(2);
  expect(wrongHistoryText([...history, stale])).toMatch(
    /update value 1 to value 2 +done\n.*open with token 1 +value 3$/,
  );
});

function operation(asked: number, answered: number | null, act: Act): Operation {
  return { client: "client", session: "session", asked, answered, act };
}
