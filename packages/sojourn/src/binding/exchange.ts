import { type DeviceBinding, withCookie } from "../core/binding.ts";
import type { Instant } from "../core/clock.ts";
import type { ProofRefusal } from "../core/events.ts";
import type { SessionId } from "../core/ids.ts";
import type { RequestFacts, ResponseSink } from "../core/request.ts";
import { textHash } from "../core/token.ts";
import type { Engine } from "../core/visit.ts";
import { challengeOf } from "./challenge.ts";
import type { BoundCookieHandler } from "./cookie-binding.ts";
import { challengeFor, headers } from "./wire.ts";

/** A request of device binding itself, which no page makes and no application answers. */
export interface BindingExchange {
  readonly engine: Engine;
  readonly cookie: BoundCookieHandler;
  readonly refreshPath: string;
  readonly request: RequestFacts;
  readonly sink: ResponseSink;
}

/** A whole answer, beside what went into the sink. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function answer(status: number, body: string, more: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { "Content-Type": "application/json", "Cache-Control": "no-store", ...more }, body };
}

/** `binding` with one more bound cookie, good for as long as the browser keeps it and for clocks that differ. */
export function withSecret(
  binding: DeviceBinding,
  { secret, lifetime, now }: { readonly secret: string; readonly lifetime: number; readonly now: Instant },
  { engine }: BindingExchange,
): DeviceBinding {
  return withCookie(binding, { hash: textHash(secret), until: now + lifetime + engine.rules.clockTolerance }, now);
}

/** The header with the challenge that the next proof must sign. */
export function nextChallenge(
  id: SessionId,
  binding: DeviceBinding,
  { engine, cookie }: BindingExchange,
): Readonly<Record<string, string>> {
  // Twice the lifetime: a browser that refreshes when it must has one at hand, and needs one round trip.
  const challenge = challengeOf(binding, engine.clock.now(), 2 * cookie.rules.lifetime);
  return { [headers.challenge]: challengeFor(id, challenge) };
}

/** Reports a proof that is refused. A lost answer looks like a used challenge, so that one alarms nobody. */
export function reportRefusal(
  about: {
    readonly step: "register" | "refresh";
    readonly because: ProofRefusal;
    readonly sessionId: SessionId | null;
  },
  { engine }: BindingExchange,
): void {
  const isOrdinary = about.step === "refresh" && about.because === "challenge";
  engine.emit({ type: "binding_proof_refused", severity: isOrdinary ? "info" : "warning", ...about });
}
