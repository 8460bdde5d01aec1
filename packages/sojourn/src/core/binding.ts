import { type Instant, isInstant } from "./clock.ts";
import { isObject } from "./json.ts";
import type { RequestFacts, ResponseSink } from "./request.ts";
import { isSame, isSecretHash, type SecretHash } from "./token.ts";

/*
 * A session and the device it is bound to, as pure decisions. A binding is in force only once its browser has refreshed it
 * for the first time: one that registered, but kept no binding because the answer was lost or not to its liking, is not
 * signed out for what it cannot do.
 */

/** How a device signs its proofs. */
export type ProofAlgorithm = "ES256" | "RS256";

/** The public half of a device's key, as a JWK. */
export type DeviceKey =
  | { readonly kty: "EC"; readonly crv: "P-256"; readonly x: string; readonly y: string }
  | { readonly kty: "RSA"; readonly n: string; readonly e: string };

/** What a record says of its device: nothing but an open offer, or the key. */
export type BindingRecord = BindingOffer | DeviceBinding;

/** A challenge that a login handed out and no device has answered yet. */
export interface BindingOffer {
  readonly offer: SecretHash;
  readonly until: Instant;
}

export interface DeviceBinding {
  readonly algorithm: ProofAlgorithm;
  readonly key: DeviceKey;
  /** What this session's challenges are derived from. Never leaves the server. */
  readonly nonce: string;
  /** The bound cookies that are still good, the newest first. */
  readonly cookies: readonly BoundCookie[];
  /** When the device registered. */
  readonly since: Instant;
  /** When its browser first refreshed it: from then on it is asked for. */
  readonly confirmedAt?: Instant;
}

export interface BoundCookie {
  readonly hash: SecretHash;
  readonly until: Instant;
}

export interface BindingRules {
  readonly policy: "offer" | "require";
  /** Milliseconds. How long a bound cookie is good. */
  readonly lifetime: number;
  /** Milliseconds. How long requests without a bound cookie are served after the binding is in force; under `require` also after the login. */
  readonly grace: number;
}

/** How bound cookies travel. `null` in an engine that binds no session. */
export interface Binding {
  readonly rules: BindingRules;
  /** Whether a browser would hear an offer on this connection. */
  hearsOffers(request: RequestFacts): boolean;
  /** Asks the browser to register a key of its device. */
  offer(sink: ResponseSink, challenge: string): void;
  /** The bound cookies of a request. */
  shownBy(request: RequestFacts): readonly SecretHash[];
  /** Makes the browser forget its bound cookie, if it has one. */
  withdraw(request: RequestFacts, sink: ResponseSink): void;
}

/** What a request shows of its session's device. */
export type DeviceStanding =
  /** The session has no device, or none that is in force. */
  | "unbound"
  /** A bound cookie in force. */
  | "proved"
  /** None, from a request that may have set out before there was one. */
  | "on-its-way"
  /** None, or none in force. Somebody has the token without the device. */
  | "missing";

/** `shown` is asked only where the session is bound. */
export function deviceStanding(
  binding: BindingRecord | undefined,
  shown: () => readonly SecretHash[],
  { now, grace }: { readonly now: Instant; readonly grace: number },
): DeviceStanding {
  if (!binding || isOffer(binding)) return "unbound";
  const hashes = shown();
  const isShown = binding.cookies.some(({ hash, until }) => now < until && hashes.some((each) => isSame(each, hash)));
  if (isShown) return "proved";
  if (binding.confirmedAt === undefined) return "unbound";
  return now < binding.confirmedAt + grace ? "on-its-way" : "missing";
}

export function isOffer(binding: BindingRecord): binding is BindingOffer {
  return "offer" in binding;
}

/** Whether a binding is in force. */
export function isBound(binding: BindingRecord | undefined): binding is DeviceBinding {
  return binding !== undefined && !isOffer(binding) && binding.confirmedAt !== undefined;
}

const cookiesKept = 4;

/** The binding once `cookie` is handed out. Earlier ones stay good for their time: requests overlap a refresh, and answers get lost. */
export function withCookie(binding: DeviceBinding, cookie: BoundCookie, now: Instant): DeviceBinding {
  const standing = binding.cookies.filter(({ until }) => now < until);
  return { ...binding, cookies: [cookie, ...standing].slice(0, cookiesKept) };
}

export function isBindingRecord(value: unknown): value is BindingRecord {
  if (!isObject(value)) return false;
  if ("offer" in value) return isSecretHash(value.offer) && isInstant(value.until);
  const { algorithm, key, nonce, cookies, since, confirmedAt } = value;
  return (
    (algorithm === "ES256" || algorithm === "RS256") &&
    isObject(key) &&
    (key.kty === "EC" || key.kty === "RSA") &&
    typeof nonce === "string" &&
    Array.isArray(cookies) &&
    cookies.every((each) => isObject(each) && isSecretHash(each.hash) && isInstant(each.until)) &&
    isInstant(since) &&
    (confirmedAt === undefined || isInstant(confirmedAt))
  );
}
