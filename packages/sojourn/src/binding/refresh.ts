import { type DeviceBinding, isBound, isOffer } from "../core/binding.ts";
import { commit } from "../core/commit.ts";
import { SojournError } from "../core/errors.ts";
import type { ProofRefusal } from "../core/events.ts";
import type { SessionId } from "../core/ids.ts";
import { isStanding } from "../core/judge.ts";
import type { SessionRecord } from "../core/record.ts";
import type { Loaded } from "../core/storage.ts";
import { createBoundSecret } from "../core/token.ts";
import { isChallengeOf } from "./challenge.ts";
import { type Answer, answer, type BindingExchange, nextChallenge, reportRefusal, withSecret } from "./exchange.ts";
import { refreshProof } from "./proof.ts";
import { ending, headers, proofIn, sessionIdIn } from "./wire.ts";

/**
 * A browser asks for a new bound cookie. The key is the proof, so the session's token is not asked for; what is handed out
 * is worth nothing without it. It is not the user's activity and keeps no session awake.
 */
export async function refresh(exchange: BindingExchange): Promise<Answer> {
  const { engine, request } = exchange;
  const id = sessionIdIn(request.header(headers.sessionId));
  if (id === null) return refuse("session", null, exchange);
  const loaded = await engine.storage.find(id, { fresh: true });
  if (loaded === null) return ended(id);
  // Keys and formats come to one process after another: what this one cannot read, the next may, if the device is kept.
  if (loaded === "corrupt") throw new SojournError("ERR_STORE_UNAVAILABLE", `This process cannot read session ${id}`);
  const binding = bindingOf(loaded.record, exchange);
  if (binding === null) return ended(id);
  const sent = proofIn(request.header(headers.proof));
  if (sent === null) return challenged(id, binding, exchange);
  const proof = await refreshProof(sent, binding);
  if (!proof.signed) return refuse(proof.because, id, exchange);
  return handOut(loaded, proof.challenge, exchange);
}

/** A new bound cookie for a rightly signed challenge; or another challenge, where this one is used or expired. */
async function handOut(loaded: Loaded, challenge: string, exchange: BindingExchange): Promise<Answer> {
  const { engine, cookie, sink } = exchange;
  const { id } = loaded.row;
  const secret = createBoundSecret(engine.random);
  let standing: DeviceBinding | null = null;
  try {
    const { result } = await commit<DeviceBinding>(
      loaded,
      (record) => {
        standing = bindingOf(record, exchange);
        const now = engine.clock.now();
        if (standing === null || !isChallengeOf(standing, challenge, now)) return null;
        const binding = {
          confirmedAt: now,
          ...withSecret(standing, { secret, lifetime: cookie.rules.lifetime, now }, exchange),
        };
        return { record: { ...record, binding }, result: binding };
      },
      engine,
    );
    if (result === null) return standing === null ? ended(id) : usedUp(id, standing, exchange);
    if (!isBound(loaded.record.binding)) reportBound(loaded, result, exchange);
    cookie.issue(sink, secret, cookie.rules.lifetime);
    return answer(200, "", nextChallenge(id, result, exchange));
  } catch (error) {
    if (error instanceof SojournError && error.code === "ERR_SESSION_ENDED") return ended(id);
    throw error;
  }
}

function reportBound({ row }: Loaded, { algorithm }: DeviceBinding, { engine }: BindingExchange): void {
  engine.emit({ type: "session_bound", severity: "info", algorithm, sessionId: row.id, userId: row.userId });
}

/** The device of a session that stands; `null` where there is none to refresh for. */
function bindingOf(record: SessionRecord, { engine }: BindingExchange): DeviceBinding | null {
  const { binding } = record;
  return binding && !isOffer(binding) && isStanding(record, engine.clock.now(), engine.rules) ? binding : null;
}

/** The browser forgets the binding. */
function ended(id: SessionId): Answer {
  return answer(200, ending(id));
}

/** The browser signs this one and asks again. */
function challenged(id: SessionId, binding: DeviceBinding, exchange: BindingExchange): Answer {
  return answer(403, "", nextChallenge(id, binding, exchange));
}

function usedUp(id: SessionId, binding: DeviceBinding, exchange: BindingExchange): Answer {
  reportRefusal({ step: "refresh", because: "challenge", sessionId: id }, exchange);
  return challenged(id, binding, exchange);
}

/** Without a challenge: no browser that holds the key comes here. Nothing on the server changes. */
function refuse(because: ProofRefusal, sessionId: SessionId | null, exchange: BindingExchange): Answer {
  reportRefusal({ step: "refresh", because, sessionId }, exchange);
  return answer(403, JSON.stringify({ error: because }));
}
