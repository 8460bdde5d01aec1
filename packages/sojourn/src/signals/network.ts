/**
 * The network of an address, as coarse as it is kept: an IPv4 address without its last byte, an IPv6 address without all
 * but its first three groups, what one site gets at most (RFC 6177). `null` for what is no address.
 */
export function coarseNetwork(address: string | null): string | null {
  const text = (address ?? "").trim().toLowerCase();
  if (text.length > 64) return null;
  const v4 = /^(?:\[?::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\]?(?::\d+)?$/.exec(text);
  if (v4) {
    const bytes = v4.slice(1, 5).map(Number);
    return bytes.every((byte) => byte <= 255) ? `${bytes.slice(0, 3).join(".")}.0/24` : null;
  }
  const groups = groupsOf(text.replace(/^\[([^\]]*)\](?::\d+)?$/, "$1").replace(/%.*$/, ""));
  return groups && `${groups.slice(0, 3).join(":")}::/48`;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(text: string): readonly string[] | null {
  const [head = "", tail, ...more] = text.split("::");
  if (more.length > 0 || !text.includes(":")) return null;
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...before, ...Array.from({ length: missing }, () => "0"), ...after];
  return groups.every((group) => /^[\da-f]{1,4}$/.test(group))
    ? groups.map((each) => each.replace(/^0+(?=.)/, ""))
    : null;
}
