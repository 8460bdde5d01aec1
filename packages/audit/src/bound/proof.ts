import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A key as a device would hold it: ES256, but made by software, so that wrong proofs can be made with it too. */
export interface DeviceKey {
  readonly privateKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
}

export function newKey(): DeviceKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { kty, crv, x, y } = publicKey.export({ format: "jwk" });
  return { privateKey, jwk: { kty, crv, x, y } };
}

export interface Proof {
  readonly key: DeviceKey;
  /** The challenge it answers. */
  readonly jti: string;
  /** What the offer asked to be passed on. */
  readonly authorization?: string;
  /** Only at a registration. */
  readonly hasKey?: boolean;
  /** `none`: without a signature. Default: `ES256`. */
  readonly alg?: "ES256" | "none";
}

/** A proof of possession, as Chromium 156 makes them: a JWS of the type `dbsc+jwt`. */
export function proofOf({ key, jti, authorization, hasKey = false, alg = "ES256" }: Proof): string {
  const header = { alg, typ: "dbsc+jwt", ...(hasKey && { jwk: key.jwk }) };
  const said = `${encoded(header)}.${encoded({ jti, ...(authorization && { authorization }) })}`;
  if (alg === "none") return `${said}.`;
  const signature = sign("sha256", Buffer.from(said), { key: key.privateKey, dsaEncoding: "ieee-p1363" });
  return `${said}.${signature.toString("base64url")}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
