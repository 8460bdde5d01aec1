import { toBase64url } from "./base64url.ts";

/** Fills bytes with randomness. */
export type RandomSource = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;

/** The platform's cryptographically secure generator (ASVS 11.5.1). */
export const systemRandom: RandomSource = (bytes) => globalThis.crypto.getRandomValues(bytes);

/** Random text of `bytes` bytes, as base64url. */
export function randomText(random: RandomSource, bytes: number): string {
  return toBase64url(random(new Uint8Array(bytes)));
}
