/** A scheme, a host and a port: nothing before them, and after them a path, a query, a fragment or the end. */
const plainAuthority = /^[a-z][a-z0-9+.-]*:\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d+)?(?:[/?]|$)/i;

/**
 * Whether `url` names this very machine: there, browsers keep and send `Secure` cookies on plain HTTP too. What different
 * readers read differently (user names, backslashes, a fragment right after the host) never does.
 */
export function isLoopback(url: string): boolean {
  const host = plainAuthority.exec(url)?.[1]?.toLowerCase() ?? "";
  if (host === "localhost" || host.endsWith(".localhost") || host === "[::1]") return true;
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
