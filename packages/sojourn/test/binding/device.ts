import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from "jose";
import type { ProofAlgorithm } from "../../src/core/binding.ts";

/** A browser's half of device binding: a key that never leaves it. */
export interface Device {
  readonly algorithm: ProofAlgorithm;
  readonly jwk: Readonly<Record<string, unknown>>;
  /** What a browser sends to register: the key is in the header. */
  registration(challenge: string, changes?: ProofChanges): Promise<string>;
  /** What it sends to refresh. */
  proof(challenge: string, changes?: ProofChanges): Promise<string>;
}

/** Where a proof differs from an honest one. */
export interface ProofChanges {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly payload?: Readonly<Record<string, unknown>>;
}

export async function newDevice(
  algorithm: ProofAlgorithm = "ES256",
  { modulusLength = 2048 }: { readonly modulusLength?: number } = {},
): Promise<Device> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { modulusLength, extractable: true });
  const jwk = { ...(await exportJWK(publicKey)) };
  const sign = (payload: object, header: object) =>
    new SignJWT({ ...payload })
      .setProtectedHeader({ alg: algorithm, typ: "dbsc+jwt", ...header } as JWTHeaderParameters)
      // What must be understood is understood by whoever makes it.
      .sign(privateKey, { crit: { more: true } });
  return {
    algorithm,
    jwk,
    registration: (jti, { header, payload } = {}) => sign({ jti, ...payload }, { jwk, ...header }),
    proof: (jti, { header, payload } = {}) => sign({ jti, ...payload }, { ...header }),
  };
}
