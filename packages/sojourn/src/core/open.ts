import { isAwaited } from "./answer.ts";
import { type Assessment, assess } from "./assess.ts";
import { asksCredential, isCredentialInForce } from "./credentials.ts";
import { anonymous, authenticated, locked } from "./handle.ts";
import type { SessionToken } from "./ids.ts";
import { issue } from "./issue.ts";
import { refuse } from "./refuse.ts";
import type { Session } from "./session.ts";
import type { ClientOfRequest, Weighing } from "./signals.ts";
import type { Found, Loaded } from "./storage.ts";
import { idOf, isSecretIn } from "./token.ts";
import type { Engine, Visit } from "./visit.ts";
import { writeDown } from "./write-down.ts";

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
export function openSession<Data extends object>(visit: Visit<Data>, options: OpenOptions): Promise<Session<Data>> {
  const { engine, request } = visit;
  const carried = engine.transport.read(request);
  if (carried.kind === "token") return openToken(carried.token, visit, options);
  return carried.kind === "none" ? visitorOf(visit) : refuse(carried.kind, null, visit);
}

/** Somebody without a token: a visitor, unless an earlier session of theirs is to be moved. */
async function visitorOf<Data extends object>(visit: Visit<Data>): Promise<Session<Data>> {
  return (visit.engine.liveUpgrade && (await visit.engine.liveUpgrade.sessionFor(visit))) ?? anonymous(null, visit);
}

/** The session of `token`, as if the request had carried it. */
export async function openToken<Data extends object>(
  token: SessionToken,
  visit: Visit<Data>,
  { activity = true }: OpenOptions,
): Promise<Session<Data>> {
  const { engine, request, sink } = visit;
  if (!engine.transport.isSafeFor(request)) return refuse("insecure-transport", { token, loaded: null }, visit);

  const { storage } = engine;
  const id = idOf(token);
  const hasLeaked = isSecretIn(request.url, token);
  const client = engine.signals?.of(request) ?? null;
  const look = { token, isActivity: activity, hasLeaked, client };
  // Waited for only where there is something to wait for: each turn costs as much as the hash of the secret.
  const answer = storage.find(id, { fresh: !storage.mayBeStale });
  let found = isAwaited(answer) ? await answer : answer;
  let assessment = assessed(found, look, visit);
  if (storage.mayBeStale && !isPlainYes(found, assessment, engine)) {
    // What may be out of date can say yes and nothing else; and whether its credential was kept, it may not have heard.
    found = await storage.find(id, { fresh: true });
    assessment = assessed(found, look, visit);
  }
  const loaded = found === "corrupt" ? null : found;
  if (loaded && assessment.weighing) reportChange(loaded, assessment.weighing, visit);
  if (assessment.kind === "refused" || loaded === null) {
    return refuse(assessment.kind === "refused" ? assessment.because : "unknown", { token, loaded }, visit, client);
  }

  const isInForce = assessment.kind !== "alive" || isCredentialInForce(loaded, engine);
  if (!(isAwaited(isInForce) ? await isInForce : isInForce)) {
    return refuse("credentials-changed", { token, loaded }, visit);
  }

  if (sink.writable) sink.setCaching("private", { vary: engine.transport.header });
  if (assessment.kind === "locked") {
    // Locked for this request in any case: a store that fails to note it is asked again by the next one.
    const { next, isBound } = assessment;
    const noted = next === loaded.record ? loaded : await writeDown(next, loaded, { engine, quiet: false });
    return locked({ loaded: noted ?? { ...loaded, record: next }, token, isBound }, visit);
  }
  if (hasLeaked) reportLeak(loaded, visit);
  const { next, handOut, isBound, isTouch: quiet } = assessment;
  const stored = next === loaded.record ? loaded : await writeDown(next, loaded, { engine, quiet });
  // Only a successor that the store has acknowledged is handed out.
  if (stored && handOut && sink.writable) issue(handOut, stored.record, visit);
  const held = { loaded: stored ?? loaded, token, isBound };
  return loaded.row.userId === null ? anonymous(held, visit) : authenticated(held, visit);
}

interface Look {
  readonly token: SessionToken;
  readonly isActivity: boolean;
  readonly hasLeaked: boolean;
  readonly client: ClientOfRequest | null;
}

function assessed<Data extends object>(
  found: Found,
  { token, isActivity, hasLeaked, client }: Look,
  { engine, request, sink }: Visit<Data>,
): Assessment {
  if (found === null) return { kind: "refused", because: "unknown" };
  if (found === "corrupt") return { kind: "refused", because: "corrupt" };
  return assess(found.record, token, {
    now: engine.clock.now(),
    rules: engine.rules,
    random: engine.random,
    canIssue: sink.writable,
    isActivity,
    hasLeaked,
    client,
    device: engine.binding && { rules: engine.binding.rules, shown: () => engine.binding?.shownBy(request) ?? [] },
  });
}

/** Served, with nothing to write, no cookie to set, and nobody to ask about its credential. */
function isPlainYes(found: Found, assessment: Assessment, engine: Engine): boolean {
  if (found === null || found === "corrupt" || assessment.kind !== "alive" || asksCredential(found, engine))
    return false;
  return assessment.next === found.record && assessment.handOut === null;
}

function reportChange<Data extends object>({ row }: Loaded, weighing: Weighing, { engine }: Visit<Data>): void {
  if (weighing.verdict === "same") return;
  const { verdict, changes, before, now } = weighing;
  const severity = verdict === "observe" ? "info" : "critical";
  const about = { sessionId: row.id, userId: row.userId };
  engine.emit({ type: "session_client_changed", severity, changes, verdict, before, now, ...about });
}

function reportLeak<Data extends object>({ row }: Loaded, { engine }: Visit<Data>): void {
  const { id: sessionId, userId } = row;
  engine.emit({ type: "session_token_leaked", severity: "critical", where: "url", sessionId, userId });
}
