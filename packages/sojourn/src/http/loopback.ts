/** Whether `url` names this very machine: there, browsers keep and send `Secure` cookies on plain HTTP too. */
export function isLoopback(url: string): boolean {
  // A backslash ends the authority as a slash does: that is how browsers read it.
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/\\?#]*)/i.exec(url)?.[1] ?? "";
  const host = authority.replace(/^.*@/, "").replace(/:\d+$/, "").toLowerCase();
  if (host === "localhost" || host.endsWith(".localhost") || host === "[::1]") return true;
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
