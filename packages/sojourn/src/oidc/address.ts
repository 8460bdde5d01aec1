import { isLoopback } from "../http/loopback.ts";

/** Whether what is asked of this address, or sent there, nobody on the way can read or change. */
export function isSafeAddress(address: unknown): boolean {
  const text = String(address);
  if (!(typeof address === "string" || address instanceof URL) || !URL.canParse(text)) return false;
  return text.startsWith("https:") || (text.startsWith("http:") && isLoopback(text));
}
