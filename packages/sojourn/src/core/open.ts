import { type Assessment, assess } from "./assess.ts";
import { codeOf } from "./errors.ts";
import { anonymous, authenticated, locked } from "./handle.ts";
import type { SessionToken } from "./ids.ts";
import { issue } from "./issue.ts";
import { createMark, marked } from "./marks.ts";
import type { SessionRecord } from "./record.ts";
import { refuse } from "./refuse.ts";
import type { Session } from "./session.ts";
import type { ClientOfRequest, Weighing } from "./signals.ts";
import type { Loaded } from "./storage.ts";
import { idOf, isSecretIn } from "./token.ts";
import type { Visit } from "./visit.ts";

export interface OpenOptions {
  /**
   * `false`: a request the user did not make, like polling, does not keep the session awake; nor does, in any case, what
   * another site posts in the user's name. Default `true`.
   */
  readonly activity?: boolean;
}

/**
 * From the facts of a request to its session: reads the token, finds the row, judges both, and touches or renews.
 * At most one read of a store that answers from the truth; seldom a write. Without a token, no store call at all.
 */
export async function openSession<Data extends object>(
  visit: Visit<Data>,
  options: OpenOptions,
): Promise<Session<Data>> {
  const { engine, request, sink } = visit;
  const carried = engine.transport.read(request);
  if (carried.kind === "none") return anonymous(null, visit);
  if (carried.kind !== "token") return refuse(carried.kind, null, visit);
  const { token } = carried;
  if (!engine.transport.isSafeFor(request)) return refuse("insecure-transport", { token, loaded: null }, visit);

  const client = engine.signals?.of(request) ?? null;
  let { loaded, assessment } = await look(token, visit, { ...options, client, fresh: !engine.storage.mayBeStale });
  if (engine.storage.mayBeStale && !isPlainYes(loaded, assessment)) {
    // What may be out of date can say yes and nothing else.
    ({ loaded, assessment } = await look(token, visit, { ...options, client, fresh: true }));
  }
  if (loaded && assessment.weighing) reportChange(loaded, assessment.weighing, visit);
  if (assessment.kind === "refused" || loaded === null) {
    return refuse(assessment.kind === "refused" ? assessment.because : "unknown", { token, loaded }, visit, client);
  }

  if (sink.writable) sink.setCaching("private", { vary: engine.transport.header });
  if (assessment.kind === "locked") {
    // Locked for this request in any case: a store that fails to note it is asked again by the next one.
    const noted = assessment.next === loaded.record ? loaded : await writeDown(assessment.next, loaded, visit);
    return locked({ loaded: noted ?? loaded, token }, visit);
  }
  if (isSecretIn(request.url, token)) reportLeak(loaded, visit);
  const { next, handOut } = assessment;
  const stored = next === loaded.record ? loaded : await writeDown(next, loaded, visit);
  // Only a successor that the store has acknowledged is handed out.
  if (stored && handOut && sink.writable) issue(handOut, stored.record, visit);
  const held = { loaded: stored ?? loaded, token };
  return loaded.row.userId === null ? anonymous(held, visit) : authenticated(held, visit);
}

interface Look {
  readonly loaded: Loaded | null;
  readonly assessment: Assessment;
}

async function look<Data extends object>(
  token: SessionToken,
  { engine, request, sink }: Visit<Data>,
  {
    fresh,
    activity = true,
    client,
  }: OpenOptions & { readonly fresh: boolean; readonly client: ClientOfRequest | null },
): Promise<Look> {
  const loaded = await engine.storage.find(idOf(token), { fresh });
  if (loaded === null) return { loaded, assessment: { kind: "refused", because: "unknown" } };
  if (loaded === "corrupt") return { loaded: null, assessment: { kind: "refused", because: "corrupt" } };
  const assessment = assess(loaded.record, token, {
    now: engine.clock.now(),
    rules: engine.rules,
    random: engine.random,
    canIssue: sink.writable,
    isActivity: activity,
    hasLeaked: isSecretIn(request.url, token),
    client,
  });
  return { loaded, assessment };
}

/** Served, with nothing to write and no cookie to set. */
function isPlainYes(loaded: Loaded | null, assessment: Assessment): boolean {
  return assessment.kind === "alive" && assessment.next === loaded?.record && assessment.handOut === null;
}

/** One try: a touch or renewal that loses a race or meets a silent store costs this request nothing. */
async function writeDown<Data extends object>(
  next: SessionRecord,
  loaded: Loaded,
  { engine }: Visit<Data>,
): Promise<Loaded | null> {
  const record = marked(next, createMark(engine.random));
  const { id: sessionId, userId } = loaded.row;
  try {
    const row = await engine.storage.nextRow(loaded, record);
    if (!(await engine.storage.update(row))) return null;
    if (next.current !== loaded.record.current) {
      const cause = (loaded.record.pending?.settles && loaded.record.due) || "interval";
      engine.emit({ type: "session_renewed", severity: "info", cause, sessionId, userId });
    }
    return { row, record };
  } catch (error) {
    const code = codeOf(error);
    engine.emit({ type: "store_failed", severity: "warning", operation: "touch", code, sessionId });
    return null;
  }
}

function reportChange<Data extends object>({ row }: Loaded, weighing: Weighing, { engine }: Visit<Data>): void {
  const { verdict, changes, before, now } = weighing;
  if (verdict === "same") return;
  const severity = verdict === "observe" ? "info" : "critical";
  const about = { sessionId: row.id, userId: row.userId };
  engine.emit({ type: "session_client_changed", severity, changes, verdict, before, now, ...about });
}

function reportLeak<Data extends object>({ row }: Loaded, { engine }: Visit<Data>): void {
  const { id: sessionId, userId } = row;
  engine.emit({ type: "session_token_leaked", severity: "critical", where: "url", sessionId, userId });
}
