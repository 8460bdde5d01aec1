import type { Instant } from "../core/clock.ts";
import { assertMayCreate, storeNewSession } from "../core/create.ts";
import { assertCredentialStands } from "../core/credentials.ts";
import { codeOf } from "../core/errors.ts";
import type { MoveRefusal } from "../core/events.ts";
import { authenticated } from "../core/handle.ts";
import type { SessionId } from "../core/ids.ts";
import { issue } from "../core/issue.ts";
import { revokeExcess } from "../core/limit.ts";
import { openToken } from "../core/open.ts";
import { randomText } from "../core/random.ts";
import { removeSession } from "../core/remove.ts";
import type { Session } from "../core/session.ts";
import { answerWithin } from "../core/storage.ts";
import { derivedToken, isSame, secretHash } from "../core/token.ts";
import type { Held, Visit } from "../core/visit.ts";
import { type Moving, movingOf } from "./carried.ts";
import type { EarlierCredential, EarlierRow } from "./earlier.ts";
import type { Mark } from "./mark.ts";
import { longest, type Marks, marksOf } from "./marks.ts";

/** Milliseconds: for longer, whoever copied an earlier cookie would have a use for it. */
export const longestGrace = 10 * 60_000;

/** `"nobody"`: nobody is logged in with it any more, and there is nothing to tell. */
export type Unmoved = { readonly because: MoveRefusal | "nobody" };

export interface MoveRules {
  /** When the credential is no good any more by itself: the mark is kept somewhat longer. */
  readonly until: Instant;
  /** How long after its move a credential is answered again, with the same session: requests overlap, and answers get lost. Milliseconds. */
  readonly grace: number;
}

/**
 * Makes a session of an earlier one, once. The order is what promises it: the earlier session is taken out of its library's
 * reach, the new one is stored, and the mark says which it became; of all who try, only the first one's mark stands. Whoever
 * dies on the way leaves what the next one goes on with. Whoever comes again within the grace gets the same session, because
 * the new secret is derived from the earlier one. Why that loses nobody and lets nobody in twice: decision 75.
 *
 * Throws `ERR_STORE_UNAVAILABLE` where either store does not answer, and what `carry` throws: nothing is lost then.
 */
export async function moveIn<Data extends object>(
  credential: EarlierCredential,
  visit: Visit<Data>,
  rules: MoveRules,
): Promise<Session<Data> | Unmoved> {
  const marks = marksOf(credential, { engine: visit.engine, until: rules.until });
  const known = await marks.find();
  if (known) return handOverAgain(known, credential, visit, rules);
  const made = await makeSession(credential, marks, visit);
  if (made === "gone") {
    // Logged out, or moved by somebody else since the mark was looked for.
    const since = await marks.find();
    return since ? handOverAgain(since, credential, visit, rules) : { because: "nobody" };
  }
  if ("because" in made) return made;
  if (!made.own) return handOverAgain(made.mark, credential, visit, rules);
  await forget(credential, visit);
  return handOver(made.own, credential, visit);
}

interface Made {
  /** The one in force. */
  readonly mark: Mark;
  /** The session this very call has made; `null` where somebody else was first. */
  readonly own: Held | null;
}

async function makeSession<Data extends object>(
  credential: EarlierCredential,
  marks: Marks,
  visit: Visit<Data>,
): Promise<Made | Unmoved | "gone"> {
  const { engine } = visit;
  const { source, secret, store } = credential;
  // Everything that can go wrong with it is found out before anything is changed.
  const row = await askEarlier("find", () => credential.find(), credential, visit);
  if (row === null) return "gone";
  const found = await movingFrom(row, credential, visit);
  if ("because" in found) return found;
  assertMayCreate(visit);
  const taken = store ? await askEarlier("take", () => store.take(), credential, visit) : row;
  if (taken === null) return "gone";
  const moving = store ? await movingFrom(taken, credential, visit) : found;
  if ("because" in moving) return moving;
  let nonce = "";
  const draw = () => {
    nonce = randomText(engine.random, 16);
    return derivedToken(randomText(engine.random, 16) as SessionId, secret, nonce);
  };
  const held = await storeNewSession(moving.session, visit, { startedAt: moving.startedAt, draw });
  try {
    await assertCredentialStands(held, engine);
  } catch (error) {
    if (codeOf(error) === "ERR_CREDENTIALS_CHANGED") return { because: "credentials-changed" };
    throw error;
  }
  const sessionId = held.loaded.row.id;
  const mark = await marks.insert({ source, sessionId, nonce, movedAt: engine.clock.now() });
  if (mark.sessionId === sessionId) return { mark, own: held };
  // Somebody else's stands. Nobody was handed this one's secret: what is left of it opens nothing.
  await removeSession(sessionId, engine.storage).catch(() => {});
  return { mark, own: null };
}

async function movingFrom<Data extends object>(
  row: EarlierRow,
  credential: EarlierCredential,
  visit: Visit<Data>,
): Promise<Moving | Unmoved> {
  const carried = await credential.carry(row);
  if (carried === null) return { because: "nobody" };
  const moving = await movingOf(carried, credential.source, visit);
  return typeof moving === "string" ? { because: moving } : moving;
}

/** What is left behind no cookie of the earlier library leads to, so that a store which fails now costs a line in the log. */
async function forget<Data extends object>(credential: EarlierCredential, visit: Visit<Data>): Promise<void> {
  const { store } = credential;
  if (store === null) return;
  try {
    await askEarlier("forget", () => store.forget(), credential, visit);
  } catch (error) {
    const code = codeOf(error);
    visit.engine.emit({ type: "store_failed", severity: "warning", operation: "forget", code, sessionId: null });
  }
}

async function handOver<Data extends object>(
  held: Held,
  credential: EarlierCredential,
  visit: Visit<Data>,
): Promise<Session<Data>> {
  const { engine, sink } = visit;
  const { row, record } = held.loaded;
  const about = { sessionId: row.id, userId: row.userId };
  await revokeExcess(row.userId as string, engine);
  engine.emit({ type: "session_created", severity: "info", newDevice: null, ...about });
  engine.emit({ type: "session_moved", severity: "info", source: credential.source, ...about });
  issue(held.token, record, visit);
  credential.withdraw(sink);
  return authenticated(held, visit);
}

/** The session that was made before, for a request that overlapped, or whose answer was lost. */
async function handOverAgain<Data extends object>(
  { sessionId, nonce, movedAt }: Mark,
  credential: EarlierCredential,
  visit: Visit<Data>,
  { grace }: MoveRules,
): Promise<Session<Data> | Unmoved> {
  const { engine, sink } = visit;
  if (engine.clock.now() > movedAt + grace) return { because: "used" };
  const token = derivedToken(sessionId, credential.secret, nonce);
  const found = await engine.storage.find(sessionId, { fresh: true });
  // It is over, or has another secret meanwhile, which this one must not take the place of in the browser.
  const isFirst = found !== null && found !== "corrupt" && isSame(found.record.current, secretHash(token));
  if (!isFirst) return { because: "used" };
  const session = await openToken(token, visit, {});
  if (session.kind === "anonymous" || !sink.writable) return session;
  issue(token, found.record, visit);
  credential.withdraw(sink);
  return session;
}

async function askEarlier<Data extends object, T>(
  operation: string,
  call: () => Promise<T>,
  { source }: EarlierCredential,
  { engine: { clock } }: Visit<Data>,
): Promise<T> {
  return answerWithin(longest, { clock, who: `earlier store (${source})`, operation, call });
}
