/** Whether an `X-Forwarded-Proto` says that the client used TLS. A list of hops counts only if every one of them says so. */
export function saysTls(forwarded: string): boolean {
  return forwarded.split(",").every((protocol) => protocol.trim().toLowerCase() === "https");
}
