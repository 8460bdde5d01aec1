import { decodeProtectedHeader, errors, importJWK, jwtVerify } from "jose";
import type { DeviceKey, ProofAlgorithm } from "../core/binding.ts";
import type { ProofRefusal } from "../core/events.ts";
import { isObject } from "../core/json.ts";

/*
 * What a device signed: a JWT of type dbsc+jwt whose `jti` is the challenge. The one file that loads `jose`, and only when
 * the first proof arrives.
 */

export type Proof<Known extends object> =
  /** Rightly signed. `challenge` is what was signed; whether it is a good one is for the caller to say. */
  | ({ readonly signed: true; readonly challenge: string } & Known)
  | { readonly signed: false; readonly because: ProofRefusal };

/** A new device's key, and how it will sign. */
export interface RegisteredDevice {
  readonly algorithm: ProofAlgorithm;
  readonly key: DeviceKey;
}

/** A 4,096 bit RSA key with its signature takes 1.6 kB. */
const longestProof = 4_096;

/** A proof that brings its key with it, as at registration. */
export async function registrationProof(proof: string): Promise<Proof<RegisteredDevice>> {
  const header = headerOf(proof);
  if (header === null) return refused("malformed");
  const { alg: algorithm, jwk } = header;
  if (algorithm !== "ES256" && algorithm !== "RS256") return refused("algorithm");
  const key = deviceKey(jwk, algorithm);
  if (key === null) return refused("key");
  return verified(proof, { algorithm, key });
}

/** A proof by a known device: by its key and its algorithm, whatever the proof says of either. */
export async function refreshProof(proof: string, device: RegisteredDevice): Promise<Proof<RegisteredDevice>> {
  return proof.length > longestProof ? refused("malformed") : verified(proof, device);
}

async function verified(proof: string, { algorithm, key }: RegisteredDevice): Promise<Proof<RegisteredDevice>> {
  try {
    const imported = await importJWK({ ...key }, algorithm);
    const { payload } = await jwtVerify(proof, imported, { algorithms: [algorithm], typ: "dbsc+jwt" });
    if (typeof payload.jti !== "string") return refused("challenge");
    return { signed: true, challenge: payload.jti, algorithm, key };
  } catch (error) {
    return refused(reasonOf(error));
  }
}

function reasonOf(error: unknown): ProofRefusal {
  if (error instanceof errors.JWSSignatureVerificationFailed) return "signature";
  if (error instanceof errors.JOSEAlgNotAllowed) return "algorithm";
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === "typ") return "type";
  if (error instanceof errors.JOSEError) return "malformed";
  // The runtime's cryptography does not take the key.
  return "key";
}

function headerOf(proof: string): Readonly<Record<string, unknown>> | null {
  if (proof.length > longestProof) return null;
  try {
    return { ...decodeProtectedHeader(proof) };
  } catch {
    return null;
  }
}

/** The public key in `jwk`, and nothing else of it; `null` for one that no browser makes for `algorithm`. */
function deviceKey(jwk: unknown, algorithm: ProofAlgorithm): DeviceKey | null {
  if (!isObject(jwk)) return null;
  const { kty, crv, x, y, n, e } = jwk;
  if (algorithm === "ES256") {
    const isPoint = kty === "EC" && crv === "P-256" && isBase64url(x, 43, 43) && isBase64url(y, 43, 43);
    return isPoint ? { kty, crv, x, y } : null;
  }
  // 2,048 to 4,096 bits, with the exponent that everybody uses.
  return kty === "RSA" && e === "AQAB" && isBase64url(n, 342, 683) ? { kty, n, e } : null;
}

function isBase64url(text: unknown, shortest: number, longest: number): text is string {
  return typeof text === "string" && text.length >= shortest && text.length <= longest && /^[A-Za-z0-9_-]+$/.test(text);
}

function refused(because: ProofRefusal): { readonly signed: false; readonly because: ProofRefusal } {
  return { signed: false, because };
}
