import { presentedBy } from "../core/assess.ts";
import { type DeviceBinding, isOffer } from "../core/binding.ts";
import { commit } from "../core/commit.ts";
import { SojournError } from "../core/errors.ts";
import type { ProofRefusal } from "../core/events.ts";
import type { SessionId, SessionToken } from "../core/ids.ts";
import { isStanding } from "../core/judge.ts";
import { randomText } from "../core/random.ts";
import type { SessionRecord } from "../core/record.ts";
import { isAccepted, standingOf } from "../core/renewal.ts";
import type { Loaded } from "../core/storage.ts";
import { createBoundSecret, idOf, isSame, textHash } from "../core/token.ts";
import { type Answer, answer, type BindingExchange, nextChallenge, reportRefusal, withSecret } from "./exchange.ts";
import { registrationProof } from "./proof.ts";
import { headers, instructions, proofIn } from "./wire.ts";

/**
 * Milliseconds. A browser refreshes at once what has less than two minutes left (Chromium), and by that shows that it did
 * keep the binding.
 */
const firstLifetime = 60_000;

/**
 * A browser registers its device's key. It must hold the session's token, and sign the challenge that came with the login:
 * a copied token alone binds no other device. Any refusal means that the browser goes on without a binding.
 */
export async function register(exchange: BindingExchange): Promise<Answer> {
  const { engine, cookie, refreshPath, request, sink } = exchange;
  const site = cookie.site && siteOrigin(request.url, cookie.site);
  // A host that no browser sends: before anything is stored.
  if (site === undefined) return refuse("malformed", null, exchange);
  const reading = engine.transport.read(request);
  if (reading.kind !== "token") return refuse("session", null, exchange);
  const { token } = reading;
  const id = idOf(token);
  const loaded = await engine.storage.find(id, { fresh: true });
  if (loaded === null || loaded === "corrupt" || !isOffered(loaded.record, token, exchange)) {
    return refuse("session", id, exchange);
  }
  const sent = proofIn(request.header(headers.proof));
  const proof = sent === null ? ({ signed: false, because: "malformed" } as const) : await registrationProof(sent);
  if (!proof.signed) return refuse(proof.because, id, exchange);

  const { algorithm, key, challenge } = proof;
  const secret = createBoundSecret(engine.random);
  const lifetime = Math.min(firstLifetime, cookie.rules.lifetime);
  const nonce = randomText(engine.random, 16);
  const bound = await bind(loaded, token, exchange, (record): DeviceBinding | null => {
    const { binding } = record;
    if (!binding || !isOffer(binding) || !isSame(binding.offer, textHash(challenge))) return null;
    const now = engine.clock.now();
    return withSecret({ algorithm, key, nonce, cookies: [], since: now }, { secret, lifetime, now }, exchange);
  });
  if (bound === null) return refuse("challenge", id, exchange);

  cookie.issue(sink, secret, lifetime);
  const body = instructions({ id, refreshPath, cookie, site });
  return answer(200, body, nextChallenge(id, bound, exchange));
}

/** The origin of `domain`, at the port that the browser came to; `undefined` where `url`, made from the request's host, is none. */
function siteOrigin(url: string, domain: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { port } = new URL(url);
  return `https://${domain}${port && `:${port}`}`;
}

/** Stores what `change` makes of the offer, as long as it is one; `null` if it is not, or the session has ended. */
async function bind(
  loaded: Loaded,
  token: SessionToken,
  exchange: BindingExchange,
  change: (record: SessionRecord) => DeviceBinding | null,
): Promise<DeviceBinding | null> {
  try {
    const { result } = await commit<DeviceBinding>(
      loaded,
      (record) => {
        const binding = isOffered(record, token, exchange) ? change(record) : null;
        return binding && { record: { ...record, binding }, result: binding };
      },
      exchange.engine,
    );
    return result;
  } catch (error) {
    if (error instanceof SojournError && error.code === "ERR_SESSION_ENDED") return null;
    throw error;
  }
}

/** Whether the holder of `token` is asked to register a device. */
function isOffered(record: SessionRecord, token: SessionToken, { engine }: BindingExchange): boolean {
  const now = engine.clock.now();
  const standing = standingOf(presentedBy(token), record, now, engine.rules);
  const { binding } = record;
  const isOpen = binding !== undefined && isOffer(binding) && now < binding.until;
  return isAccepted(standing) && isStanding(record, now, engine.rules) && isOpen;
}

function refuse(because: ProofRefusal, sessionId: SessionId | null, exchange: BindingExchange): Answer {
  reportRefusal({ step: "register", because, sessionId }, exchange);
  return answer(403, JSON.stringify({ error: because }));
}
