import type { SessionId, SessionToken } from "../../../src/core/ids.ts";
import { idOf } from "../../../src/core/token.ts";
import type { Traits } from "./actor.ts";
import type { Row } from "./calls.ts";
import type { Fact } from "./facts.ts";
import type { Judge } from "./invariants.ts";
import { type Probed, probe } from "./probe.ts";
import { factsUntil } from "./script.ts";
import type { Combination, State } from "./state.ts";

export interface Ending {
  /** Tokens that existed before the first step. */
  readonly tokens: readonly SessionToken[];
  /** The attacker's own session, whose cookie may be tossed. */
  readonly attacker: SessionId;
  /** May be removed by a sweep. */
  readonly expired: readonly SessionId[];
  readonly startRows: ReadonlyMap<SessionId, Row>;
}

/** What must hold once every program is done. */
export function judgeEnding(ending: Ending): Judge {
  return async (state, search) => {
    const told = state.scenes.map(factsUntil);
    const casting = search.programs.map(({ traits }) => traits);
    const scene = { state, search, told, casting, ending };
    return (
      countsViolated(scene) ??
      giftViolated(scene) ??
      limitViolated(scene) ??
      sweepViolated(scene) ??
      codesViolated(scene) ??
      requestsViolated(scene) ??
      (await browserViolated(scene)) ??
      (await secretsViolated(scene))
    );
  };
}

interface Stage {
  readonly state: State;
  readonly search: Combination;
  readonly told: readonly (readonly Fact[])[];
  readonly casting: readonly Traits[];
  readonly ending: Ending;
}

/**
 * Every session there has been, as it was first and as it was last. An insert whose caller gave up can leave a row whose
 * secret nobody was ever handed: that is no session.
 */
function* livesOf({ state, ending }: Stage) {
  const reachable = new Set([...state.past.issued].map(idOf));
  const firsts = [...ending.startRows, ...[...state.past.inserted].map(([id, { row }]) => [id, row] as const)];
  for (const [id, first] of firsts) {
    if (!reachable.has(id)) continue;
    const last = state.shelf.rows.get(id) ?? state.past.removed.get(id)?.row ?? first;
    yield { id, first, last, isStanding: state.shelf.rows.has(id) && !last.record.sealed };
  }
}

const countIn = (row: Row): number => (row.record.data.value.count as number | undefined) ?? 0;
const allOf = (told: Stage["told"], kind: Fact["kind"], id: SessionId): number =>
  told.flat().filter((fact) => fact.kind === kind && "id" in fact && fact.id === id).length;

/** [2] Every acknowledged increment is there, once. [4] What a login carried is what the old session held at its end. */
function countsViolated(stage: Stage): string | null {
  for (const { id, first, last } of livesOf(stage)) {
    const grown = countIn(last) - countIn(first);
    const acknowledged = allOf(stage.told, "incremented", id);
    const most = acknowledged + allOf(stage.told, "unsure", id);
    if (grown < acknowledged) return `[2] ${acknowledged} increments of ${id} were acknowledged, ${grown} are there`;
    if (grown > most) return `[2] at most ${most} increments of ${id} were made, ${grown} are there`;
  }
  const carriedFrom = new Map<SessionId, number>();
  const reachable = new Set([...livesOf(stage)].map(({ id }) => id));
  for (const [id, { row, by }] of stage.state.past.inserted) {
    if (row.record.data.value.count === undefined || !reachable.has(id)) continue;
    const login = stage.told[by]?.find((fact) => fact.kind === "logging-in");
    const from = login?.kind === "logging-in" ? login.from : null;
    const old = [...livesOf(stage)].find((life) => life.id === from);
    if (!old || from === null) return `[4] ${id} carries data that came from nowhere`;
    if (countIn(old.last) !== countIn(row))
      return `[4] ${id} carries ${countIn(row)}, and ${from} ended with ${countIn(old.last)}`;
    carriedFrom.set(from, (carriedFrom.get(from) ?? 0) + 1);
  }
  const doubled = [...carriedFrom].find(([, times]) => times > 1);
  return doubled ? `[4] the data of ${doubled[0]} was carried ${doubled[1]} times` : null;
}

/** [2] What is taken is taken once, and what nobody took is still there: the gift is in one place. */
function giftViolated(stage: Stage): string | null {
  const { told, state } = stage;
  const takings = told.flat().filter(({ kind }) => kind === "took").length;
  const unsure = told.flat().filter(({ kind }) => kind === "unsure" || kind === "failed").length;
  // Where a login carried it away, the old session holds it no more: sealed, or removed by that login.
  const holding = [...livesOf(stage)].filter(({ id, last }) => {
    return last.record.data.value.gift !== undefined && !last.record.sealed && !wasCarriedAway(id, stage);
  });
  const places = takings + holding.length;
  if (places > 1) return `[2] one gift, and it is in ${places} places`;
  if (places === 1 || unsure > 0) return null;
  // Somebody ended the session before the login knew that its seal had been stored: the gift went with the session.
  const wentWith = [...livesOf(stage)].some(
    ({ id, last }) =>
      last.record.data.value.gift !== undefined && state.past.removed.has(id) && !wasCarriedAway(id, stage),
  );
  return wentWith ? null : "[2] the gift is gone, and nobody took it";
}

/** Whether the login that carried its data away removed it, and not a logout, or the same request for a replay. */
function wasCarriedAway(id: SessionId, { state, casting, told }: Stage): boolean {
  const by = state.past.removed.get(id)?.by;
  if (by === undefined || !casting[by]?.carries) return false;
  return told[by]?.some((fact) => fact.kind === "logging-in" && fact.from === id) ?? false;
}

/** After the last login no more sessions stand than the limit allows. */
function limitViolated(stage: Stage): string | null {
  const { state, told, casting } = stage;
  const logins = casting.flatMap(({ limit }, at) =>
    told[at]?.some(({ kind }) => kind === "logging-in") ? [limit] : [],
  );
  const limit = logins[0];
  if (limit === undefined || logins.includes(undefined)) return null;
  if (told.flat().some(({ kind }) => kind === "failed")) return null;
  const standing = [...livesOf(stage)].filter(
    ({ last, isStanding }) => isStanding && last.stored.userId === "alice" && last.stored.expiresAt > state.now,
  );
  return standing.length > limit ? `${standing.length} sessions stand where ${limit} may` : null;
}

/** [5] Garbage collection removes what is over, and nothing else. */
function sweepViolated({ state, search, ending }: Stage): string | null {
  for (const [id, { by }] of state.past.removed) {
    if (search.programs[by]?.traits.sweeps && !ending.expired.includes(id))
      return `[5] a sweep removed ${id}, which was not over`;
  }
  return null;
}

/** [6] [11] Nobody gets another error than those that say: your session is over, or: it became another one. */
function codesViolated({ told, state, casting }: Stage): string | null {
  const takesFromEnded = state.past.removed.size > 0 ? ["ERR_SESSION_OUTCOME_UNKNOWN"] : [];
  // Two cookies: which of them a logout means cannot be told, and it ends nothing.
  const logoutsOfTwo = state.jar.tossed === null ? [] : ["ERR_SESSION_AMBIGUOUS"];
  const lockedOut = casting.some(({ contains }) => contains) ? ["ERR_SESSION_LOCKED"] : [];
  const fine = ["ERR_SESSION_ENDED", "ERR_SESSION_SUPERSEDED", ...lockedOut, ...takesFromEnded, ...logoutsOfTwo];
  const odd = told.flat().find((fact) => fact.kind === "failed" && !fine.includes(fact.code));
  return odd?.kind === "failed" ? `[11] an error that nothing explains: ${odd.code}` : null;
}

/** Section 4: of any number of parallel requests none is refused, unless somebody ended or replaced something. */
function requestsViolated({ told, casting, ending }: Stage): string | null {
  for (const fact of told.flat()) {
    if (fact.kind === "opened" && fact.id === ending.attacker) {
      // Whoever logs out deletes the own cookie, and leaves the planted one alone with the name.
      const hasLoggedOut = told.flat().some(({ kind }) => kind === "logging-out");
      if (!hasLoggedOut) return "[7] the honest browser was served the attacker's session";
    }
  }
  if (casting.some(({ disturbs, steals }) => disturbs || steals)) return null;
  const refused = told.flat().find((fact) => fact.kind === "opened" && fact.because !== null);
  return refused?.kind === "opened" ? `section 4: an honest request was refused as ${refused.because}` : null;
}

/** Section 4: renewal never signs the honest browser out; nor does elevation or a login once its response has arrived. */
async function browserViolated(stage: Stage): Promise<string | null> {
  const { state, casting, told } = stage;
  const { own } = state.jar;
  if (casting.some(({ steals }) => steals)) return null;
  if (own === null) return state.past.isLoggedOut ? explainedLogout(stage) : "[7] the honest browser lost its cookie";
  if (state.past.isSpoiled) return null;
  const row = state.shelf.rows.get(idOf(own)) ?? null;
  if ((await probe(row, own, state.now)).isServed || row?.record.contained) return null;
  const end = state.past.removed.get(idOf(own));
  if (end && casting[end.by]?.disturbs && !casting[end.by]?.browses) return null;
  // Logged out by another tab: this one's cookie arrived after the logout's deletion, or the answer to it was lost.
  if (end && told[end.by]?.some((fact) => fact.kind === "logged-out" && fact.id === idOf(own))) return null;
  // A login that failed after it had sealed the old session: section 4 says that this loses what was kept.
  if (told.some((facts) => hasLoggedInVainly(facts))) return null;
  return `section 4: the honest browser is signed out of ${idOf(own)}`;
}

function explainedLogout({ told }: Stage): string | null {
  const isHonest = told.flat().some(({ kind }) => kind === "cleared");
  const isReal = told.some((facts) => facts.some(({ kind }) => kind === "logging-out"));
  return isHonest && isReal ? null : "[7] a cookie was cleared though nobody logged out";
}

function hasLoggedInVainly(facts: readonly Fact[]): boolean {
  return facts.some(({ kind }) => kind === "logging-in") && !facts.some(({ kind }) => kind === "logged-in");
}

/** [12] A guess ends nothing; an earlier secret ends the session once its time is over; a sealed session serves nobody. */
async function secretsViolated({ state, search, ending }: Stage): Promise<string | null> {
  const later = state.now + search.longAway;
  for (const [id, row] of state.shelf.rows) {
    const known = [...new Set([...ending.tokens, ...state.past.issued])].filter((token) => idOf(token) === id);
    const probes = await Promise.all(known.map(async (token) => judgeSecret(await probe(row, token, later), row)));
    const now = await Promise.all(known.map(async (token) => ({ token, ...(await probe(row, token, state.now)) })));
    const revived = now.find(({ token, isServed }) => isServed && state.past.dead.has(token));
    if (revived) return `a secret that an elevation replaced is accepted by ${id}`;
    const violated = probes.find((each) => each !== null);
    if (violated) return violated;
    const some = known[0];
    if (!some) continue;
    const guess = `${some.slice(0, 23)}${"A".repeat(44)}` as SessionToken;
    const guessed = await probe(row, guess, later);
    if (guessed.isServed || guessed.ends) return `[12] a guess was believed, or ended ${id}`;
  }
  return null;
}

function judgeSecret(probed: Probed, { stored, record }: Row): string | null {
  const { id } = stored;
  if (record.sealed) return probed.isServed ? `[4] sealed session ${id} serves a request` : null;
  // Not refused: served, or locked.
  if (probed.because === null || record.previous === undefined || isOver(probed)) return null;
  return probed.ends ? null : `[12] an earlier secret of ${id}, long replaced, did not end it`;
}

function isOver({ because }: Probed): boolean {
  return because === "idle" || because === "absolute";
}
