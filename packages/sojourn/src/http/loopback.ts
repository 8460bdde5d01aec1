/**
 * A scheme, a host of this machine and a port: nothing before them, and after them a path, a query or the end. What
 * different readers read differently (user names, backslashes, a fragment right after the host) is none of it.
 */
const thisMachine =
  /^[a-z][a-z0-9+.-]*:\/\/(?:localhost|[a-z0-9.-]*\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?(?:[/?]|$)/i;

/** Whether `url` names this very machine: there, browsers keep and send `Secure` cookies on plain HTTP too. */
export function isLoopback(url: string): boolean {
  return thisMachine.test(url);
}
