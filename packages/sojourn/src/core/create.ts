import type { Instant } from "./clock.ts";
import { SojournError } from "./errors.ts";
import type { SessionToken } from "./ids.ts";
import { insertSession } from "./insert.ts";
import { issue } from "./issue.ts";
import type { SessionRecord } from "./record.ts";
import type { RowIdentity } from "./storage.ts";
import { createToken, idOf, lineageHash, secretHash } from "./token.ts";
import { assertWritable, type Held, type Visit } from "./visit.ts";

/** What a new session knows that does not follow from its being new. */
export type NewSession = Omit<
  SessionRecord,
  "lineage" | "current" | "currentSince" | "startedAt" | "lastSeenAt" | "marks" | "proofs"
> &
  Omit<RowIdentity, "id">;

/** Each try draws a new id and secret. Ids are 128 random bits: tries are for lost answers, not for collisions. */
const triesAtMost = 3;

/** Throws where a session could not be handed to the client safely: asked before anything is written. */
export function assertMayCreate<Data extends object>({ engine, request, sink }: Visit<Data>): void {
  engine.transport.assertMayIssue(request);
  assertWritable(sink);
}

/** Where a session comes from that began before this library knew of it. */
export interface Origin {
  /** When its user logged in. */
  readonly startedAt: Instant;
  /** A token of its own at each call. */
  draw(): SessionToken;
}

/** Stores a new session and returns it, not yet issued. With an `origin`, no proof of identity counts from now. */
export async function storeNewSession<Data extends object>(
  session: NewSession,
  { engine, draw }: Visit<Data>,
  origin: Origin | null = null,
): Promise<Held> {
  const { userId, ref, ...facts } = session;
  let silence: unknown = null;
  for (let tries = 0; tries < triesAtMost; tries++) {
    const token = origin?.draw() ?? draw?.() ?? createToken(engine.random);
    const now = engine.clock.now();
    const record: SessionRecord = {
      ...facts,
      lineage: lineageHash(token),
      current: secretHash(token),
      currentSince: now,
      startedAt: origin?.startedAt ?? now,
      lastSeenAt: now,
      // Whoever is remembered comes back without a proof, so that none counts from the start.
      proofs: facts.level === null || facts.remembered || origin ? {} : { [facts.level]: now },
      marks: [],
    };
    const insertion = await insertSession({ id: idOf(token), userId, ref }, record, engine);
    if (insertion.stored) return { loaded: insertion.loaded, token, isBound: false };
    silence = insertion.silence ?? silence;
  }
  throw new SojournError("ERR_STORE_UNAVAILABLE", `The ${engine.storage.name} store did not add a session`, {
    cause: silence ?? undefined,
  });
}

/** Starts the anonymous session of a visitor about whom there is now something worth storing. */
export async function createAnonymous<Data extends object>(data: object, visit: Visit<Data>): Promise<Held> {
  assertMayCreate(visit);
  const { engine } = visit;
  const checked = engine.data.checked(data, { dataVersion: engine.data.version });
  const held = await storeNewSession({ ...checked, level: null, loginOrder: 0, userId: null, ref: null }, visit);
  const about = { sessionId: held.loaded.row.id, userId: null };
  engine.emit({ type: "session_created", severity: "info", newDevice: null, ...about });
  issue(held.token, held.loaded.record, visit);
  return held;
}
