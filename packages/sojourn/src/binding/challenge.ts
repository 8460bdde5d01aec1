import { digests } from "#digests";
import { toBase64url } from "../core/base64url.ts";
import type { DeviceBinding } from "../core/binding.ts";
import type { Instant } from "../core/clock.ts";

/*
 * Challenges of refreshes. Nothing is stored for one: it is derived from the binding as it stands in the row, so every
 * process makes and knows the same; and from the newest bound cookie, so that a refresh uses up all that came before it.
 */

/** A challenge for the next proof, good for `lasts` milliseconds. */
export function challengeOf(binding: DeviceBinding, now: Instant, lasts: number): string {
  return challengeUntil(binding, (now + lasts).toString(36));
}

/** Whether `challenge` is one of this binding that is neither used nor expired. */
export function isChallengeOf(binding: DeviceBinding, challenge: string, now: Instant): boolean {
  const until = challenge.slice(0, challenge.indexOf("."));
  if (!/^[0-9a-z]{1,10}$/.test(until) || now >= Number.parseInt(until, 36)) return false;
  const expected = challengeUntil(binding, until);
  return expected.length === challenge.length && differences(expected, challenge) === 0;
}

function challengeUntil({ nonce, cookies }: DeviceBinding, until: string): string {
  const mac = digests.hmacSha256(nonce, `challenge ${until} ${cookies[0]?.hash}`);
  return `${until}.${toBase64url(mac.subarray(0, 16))}`;
}

/** In a time that depends on the length alone. */
function differences(a: string, b: string): number {
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference;
}
