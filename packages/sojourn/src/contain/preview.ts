import type { UserId } from "../core/ids.ts";
import { judge } from "../core/judge.ts";
import { assertNames } from "../core/option-names.ts";
import type { AssuranceLevel } from "../core/policy.ts";
import type { SessionSummary } from "../core/session.ts";
import { summaryOf } from "../core/sessions-of.ts";
import type { Engine } from "../core/visit.ts";
import { candidates } from "./candidates.ts";
import { aMoment, assertTells, meantIn, type RunOptions } from "./contain.ts";
import { type ContainmentQuery, matcherOf } from "./query.ts";

/** What a containment would do now. Changes nothing. */
export interface ContainmentPreview {
  /** Rows that were looked at. */
  readonly seen: number;
  /** Sessions that are meant. */
  readonly sessions: number;
  /** Of how many users; `null` where they are more than 100,000. */
  readonly users: number | null;
  readonly byLevel: { readonly [level in AssuranceLevel]: number };
  /** How many of them are locked already, by idleness or by a containment. */
  readonly locked: number;
  /** Rows that nobody can read, so that nobody is signed in with them here. */
  readonly unreadable: number;
  /** The first of them, at most 10. */
  readonly samples: readonly (SessionSummary & { readonly userId: UserId })[];
  /** Where it was stopped by `signal`; `null`: it went to the end. */
  readonly next: string | null;
}

const samplesAtMost = 10;
const usersAtMost = 100_000;

export async function preview(
  query: ContainmentQuery,
  { onProgress = () => {}, signal, resumeAt = null, ...others }: RunOptions,
  engine: Engine,
): Promise<ContainmentPreview> {
  const matches = matcherOf(query, "contain");
  assertNames(others, [], "contain");
  assertTells(query, engine);
  const byLevel = { aal1: 0, aal2: 0, aal3: 0 };
  const samples: (SessionSummary & { readonly userId: UserId })[] = [];
  const users = new Set<UserId>();
  const counts = { seen: 0, sessions: 0, locked: 0, unreadable: 0 };
  let next: string | null = null;
  for await (const { sessions, next: after } of candidates(query, resumeAt, engine)) {
    if (next !== null) await aMoment();
    for (const each of meantIn(sessions, matches, engine)) {
      const userId = each.row.userId as UserId;
      counts.sessions++;
      byLevel[each.record.level as AssuranceLevel]++;
      if (judge(each.record, engine.clock.now(), engine.rules) === "locked") counts.locked++;
      if (users.size <= usersAtMost) users.add(userId);
      if (samples.length < samplesAtMost) samples.push({ ...summaryOf(each, engine), userId });
    }
    counts.seen += sessions.length;
    counts.unreadable += sessions.filter((each) => each === "corrupt").length;
    next = after;
    onProgress({ ...nothingDone, seen: counts.seen, unreadable: counts.unreadable, next });
    if (signal?.aborted) break;
  }
  return { ...counts, users: users.size > usersAtMost ? null : users.size, byLevel, samples, next };
}

const nothingDone = { changed: 0, already: 0, gone: 0, failed: 0 };
