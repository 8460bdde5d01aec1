import { type BindingOffer, isBound, isOffer } from "./binding.ts";
import type { SessionRecord } from "./record.ts";
import { createChallenge, textHash } from "./token.ts";
import type { Visit } from "./visit.ts";

/** Key generation in a security chip takes seconds, and the browser registers at its leisure. */
const offerLasts = 5 * 60_000;

/** An offer to bind a session: its record, and the challenge that only the response to a proof of identity carries. */
export interface DrawnOffer {
  readonly record: BindingOffer;
  readonly challenge: string;
}

/**
 * Made only where somebody has just proved who they are: whoever stole the token of an unbound session would otherwise
 * register a device of their own. `null` where sessions are not bound, or the connection is not one browsers bind on.
 */
export function drawOffer<Data extends object>({ engine, request }: Visit<Data>): DrawnOffer | null {
  if (!engine.binding?.hearsOffers(request)) return null;
  const challenge = createChallenge(engine.random);
  return { record: { offer: textHash(challenge), until: engine.clock.now() + offerLasts }, challenge };
}

/** `record` with the offer in it, unless it is bound already. */
export function withOffer(record: SessionRecord, offer: DrawnOffer | null): SessionRecord {
  return offer === null || isBound(record.binding) ? record : { ...record, binding: offer.record };
}

/** Makes the offer, if it went into the record. */
export function sendOffer<Data extends object>(
  offer: DrawnOffer | null,
  { binding }: SessionRecord,
  { engine, sink }: Visit<Data>,
): void {
  if (offer && binding && isOffer(binding)) engine.binding?.offer(sink, offer.challenge);
}
