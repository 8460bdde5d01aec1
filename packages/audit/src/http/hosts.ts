import { isIP } from "node:net";

/** What a target is to whoever audits it: this machine, a private network, or anything else. */
export type HostKind = "loopback" | "private" | "public";

/** What several hosts are together: the one that is least ours. */
export function strictestKind(hostnames: readonly string[]): HostKind {
  const kinds = hostnames.map(hostKind);
  return (["public", "private"] as const).find((kind) => kinds.includes(kind)) ?? "loopback";
}

/** Judged by the name alone: nothing is resolved, so that nobody else's answer decides what is allowed. */
export function hostKind(hostname: string): HostKind {
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, "");
  if (host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host)) {
    return "loopback";
  }
  if (isIP(host) === 4) return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host) ? "private" : "public";
  if (isIP(host) === 6) return /^f[cd]/.test(host) ? "private" : "public";
  return host.endsWith(".test") ? "private" : "public";
}
