import type { Random } from "./random.ts";

/*
 * Addresses by what assigns them. All from ranges that belong to nobody: private use (RFC 1918) for providers at home,
 * shared space (RFC 6598) for mobile networks, benchmarking (RFC 2544) for VPNs and relays, documentation (RFC 3849) for
 * IPv6. Homes get a /48 to /56 (RFC 6177), mobile devices a /64 (RFC 6459) that changes with every attachment.
 */

export const home = (random: Random) => `10.${random.below(256)}.${random.below(256)}.${1 + random.below(254)}`;

/** Another address of the same line, as after a new lease. */
export const sameLine = (address: string, random: Random) =>
  `${address.slice(0, address.lastIndexOf("."))}.${1 + random.below(254)}`;

export const mobile = (random: Random) => `100.${64 + random.below(64)}.${random.below(256)}.${1 + random.below(254)}`;

/** A VPN's exit, or one of a relay such as iCloud Private Relay, which changes it during a session. */
export const exit = (random: Random) => `198.${18 + random.below(2)}.${random.below(256)}.${1 + random.below(254)}`;

export const home6 = (random: Random) => address6(0x1000, random);
export const mobile6 = (random: Random) => address6(0x8000, random);
export const exit6 = (random: Random) => address6(0xf000, random);

/** The device's other addresses at home: privacy extensions change the lower half (RFC 8981). */
export const sameLine6 = (address: string, random: Random) => {
  const prefix = address.split(":").slice(0, 4).join(":");
  return `${prefix}:${[1, 2, 3, 4].map(() => (1 + random.below(0xffff)).toString(16)).join(":")}`;
};

function address6(area: number, random: Random): string {
  const groups = [area + random.below(0xfff), random.below(0x100), ...[1, 2, 3, 4].map(() => 1 + random.below(0xffff))];
  return `2001:db8:${groups.map((group) => group.toString(16)).join(":")}`;
}
