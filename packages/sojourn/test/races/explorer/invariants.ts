import { isContainable } from "../../../src/contain/lock.ts";
import type { SessionId } from "../../../src/core/ids.ts";
import { defaultPolicy } from "../../../src/core/policy.ts";
import { rulesOf } from "../../../src/core/rules.ts";
import { idOf, secretHash } from "../../../src/core/token.ts";
import type { Fact } from "./facts.ts";
import type { Past } from "./past.ts";
import { factsUntil, type Scene } from "./script.ts";
import type { Combination, Move, State } from "./state.ts";

/** The sentence that does not hold, or `null`. Numbers in brackets are those of the architecture's invariants. */
export type Judge = (state: State, search: Combination) => string | null | Promise<string | null>;

const rules = rulesOf(defaultPolicy);

export interface Judged {
  readonly past: Past;
  readonly violated: string | null;
}

/** What must hold after every single step, and what must be remembered of it. */
export function judgeStep(before: State, after: State, move: Move, search: Combination): Judged {
  const { rows } = after.shelf;
  let past = rememberRows(before, after, move);
  const violated =
    rowsViolated(before, after) ??
    [...rows.keys()].map((id) => past.removed.has(id) && `[1] removed session is back: ${id}`).find(Boolean) ??
    missedByIndex(after, search);
  if (violated) return { past, violated };
  const { revokesAll, contains } = search.programs[move.program]?.traits ?? {};
  if (move.kind === "perform" && move.call.verb === "idsOf" && (revokesAll || contains)) {
    const standing = [...before.shelf.rows.values()].filter(
      ({ stored, record }) => stored.userId !== null && (revokesAll || isContainable(record, before.now, rules)),
    );
    const ids = standing
      .map(({ stored }) => stored.id)
      .filter((id) => search.model.ids(before.shelf, userOf(move)).includes(id));
    past = { ...past, toRevoke: new Map(past.toRevoke).set(move.program, ids) };
  }
  if (move.kind === "perform" && move.call.verb === "receive") past = rememberDelivery(past, move);
  const scene = after.scenes[move.program] as Scene;
  if (scene === before.scenes[move.program]) return { past, violated: null };
  for (const fact of scene.facts) {
    const told = judgeFact(fact, move.program, { ...after, past }, search);
    if (told.violated) return told;
    past = told.past;
  }
  return { past, violated: null };
}

function userOf({ call }: Move): string {
  return call.verb === "idsOf" ? call.userId : "";
}

function rememberRows(before: State, after: State, { program: by }: Move): Past {
  const { past } = before;
  if (before.shelf.rows === after.shelf.rows) return past;
  const removed = new Map(past.removed);
  const inserted = new Map(past.inserted);
  for (const [id, row] of before.shelf.rows) if (!after.shelf.rows.has(id)) removed.set(id, { row, by });
  for (const [id, row] of after.shelf.rows) if (!before.shelf.rows.has(id)) inserted.set(id, { row, by });
  const secrets = [...after.shelf.rows.values()].flatMap(({ record: { current, pending } }) =>
    pending ? [current, pending.hash] : [current],
  );
  // The set stays the same where nothing is new, so that its number is known.
  const isKnown = secrets.every((secret) => past.stored.has(secret));
  const stored = isKnown ? past.stored : new Set([...past.stored, ...secrets]);
  return { ...past, removed, inserted, stored };
}

/** [2] [4] A version counts up by one; owner, ref and lineage never change; a sealed row is never written again. */
function rowsViolated(before: State, after: State): string | null {
  if (before.shelf.rows === after.shelf.rows) return null;
  for (const [id, { stored, record }] of after.shelf.rows) {
    const was = before.shelf.rows.get(id);
    if (record.pending?.hash === record.current) return `[12] session ${id} hands out the secret it already has`;
    if ((stored.userId === null) !== (record.level === null)) return `[4] session ${id} is neither anonymous nor not`;
    if (!was || was.stored.version === stored.version) continue;
    if (stored.version !== was.stored.version + 1) return `[2] session ${id} skipped a version`;
    if (stored.userId !== was.stored.userId || stored.ref !== was.stored.ref)
      return `[4] session ${id} changed its owner`;
    if (record.lineage !== was.record.lineage) return `[3] session ${id} changed its lineage`;
    if (was.record.sealed) return `[4] sealed session ${id} was written`;
    const isLocked = was.record.contained !== undefined && record.contained !== undefined;
    if (isLocked && was.record.data.json !== record.data.json)
      return `[4] the data of locked session ${id} was changed`;
  }
  return null;
}

/** [9] The index names every session that exists. */
function missedByIndex({ shelf }: State, { model }: Combination): string | null {
  for (const { stored } of shelf.rows.values()) {
    if (stored.userId !== null && !model.ids(shelf, stored.userId).includes(stored.id)) {
      return `[9] the index misses session ${stored.id}`;
    }
  }
  return null;
}

function rememberDelivery(past: Past, { program, call }: Move): Past {
  if (call.verb !== "receive") return past;
  if (call.cookie === null) return { ...past, isLoggedOut: true };
  return past.overtaken.has(program) ? { ...past, isSpoiled: true } : past;
}

function judgeFact(fact: Fact, program: number, { shelf, past, scenes }: State, { programs }: Combination): Judged {
  const canBeReleased = programs.some(({ traits }) => traits.releases);
  const holds = (next: Past = past): Judged => ({ past: next, violated: null });
  const fails = (violated: string): Judged => ({ past, violated });
  switch (fact.kind) {
    case "asked": {
      const id = fact.token && idOf(fact.token);
      const isLocked = id !== null && shelf.rows.get(id)?.record.contained !== undefined && !canBeReleased;
      const isDoomed =
        fact.token !== null && (isLocked || past.removed.has(idOf(fact.token)) || past.dead.has(fact.token));
      const doomed = new Set(past.doomed);
      if (isDoomed) doomed.add(program);
      else doomed.delete(program);
      const overtaken = new Set(past.overtaken);
      overtaken.delete(program);
      return holds({ ...past, doomed, overtaken });
    }
    case "opened":
      return fact.id !== null && past.doomed.has(program)
        ? fails(
            `[1] a request that began after its session had ended, was locked, or its secret was replaced, was served: ${fact.id}`,
          )
        : holds();
    case "issued": {
      const hash = secretHash(fact.token);
      if (!past.stored.has(hash))
        return fails(`[12] a cookie was set for a secret that was never stored: ${idOf(fact.token)}`);
      const record = shelf.rows.get(idOf(fact.token))?.record;
      const isInForce = record?.current === hash || record?.pending?.hash === hash;
      const overtaken = isInForce ? past.overtaken : new Set(past.overtaken).add(program);
      return holds({ ...past, issued: new Set(past.issued).add(fact.token), overtaken });
    }
    case "elevated": {
      const dead = new Set(past.dead);
      for (const token of past.issued) if (idOf(token) === fact.id && token !== fact.token) dead.add(token);
      return holds({ ...past, dead, overtaken: overtake(fact.id, program, scenes, past) });
    }
    case "logged-in":
      return fact.from === null ? holds() : holds({ ...past, overtaken: overtake(fact.from, program, scenes, past) });
    case "logged-out":
      return past.removed.has(fact.id)
        ? holds()
        : fails(`[12] a logout was acknowledged, and the row is there: ${fact.id}`);
    case "revoked-all": {
      const left = past.toRevoke.get(program)?.find((id) => !past.removed.has(id));
      return left ? fails(`[9] log out everywhere was acknowledged and missed ${left}`) : holds();
    }
    case "contained": {
      const isFree = (id: SessionId) => {
        const record = shelf.rows.get(id)?.record;
        return record !== undefined && !record.contained && !record.sealed;
      };
      const left = canBeReleased ? undefined : past.toRevoke.get(program)?.find(isFree);
      return left ? fails(`[9] a containment was acknowledged and missed ${left}`) : holds();
    }
    default:
      return holds();
  }
}

/** The programs that now hold an undelivered cookie for `id`, and those that did before. */
function overtake(id: SessionId, by: number, scenes: readonly Scene[], { overtaken }: Past): ReadonlySet<number> {
  const next = new Set(overtaken);
  for (const [program, scene] of scenes.entries()) {
    if (program !== by && undeliveredIn(scene) === id) next.add(program);
  }
  return next;
}

function undeliveredIn(scene: Scene): SessionId | null {
  if (!scene.inFlight) return null;
  const facts = factsUntil(scene);
  const request = facts.slice(facts.findLastIndex(({ kind }) => kind === "asked"));
  const last = request.findLast(({ kind }) => kind === "issued" || kind === "cleared");
  return last?.kind === "issued" ? idOf(last.token) : null;
}
