import type { LookupFunction } from "node:net";

/** Every name under localhost is this machine (RFC 6761); not every resolver knows. */
export function lookupFor(hostname: string): { readonly lookup?: LookupFunction } {
  return hostname.endsWith(".localhost") ? { lookup: thisMachine } : {};
}

const thisMachine: LookupFunction = (_name, { all }, callback) =>
  all ? callback(null, [{ address: "127.0.0.1", family: 4 }]) : callback(null, "127.0.0.1", 4);
