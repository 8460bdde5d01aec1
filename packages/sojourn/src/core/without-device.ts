import { isBound } from "./binding.ts";
import type { WithoutDevice } from "./events.ts";
import type { SessionRecord } from "./record.ts";
import type { RequestFacts } from "./request.ts";

/**
 * Whether a request is somebody who followed a link from another site. Browsers refresh no bound cookie for those, so that
 * its absence says nothing.
 */
export function isArrival(request: RequestFacts): boolean {
  const site = request.header("sec-fetch-site");
  return (
    request.method === "GET" &&
    (site === "cross-site" || site === "same-site") &&
    request.header("sec-fetch-mode") === "navigate"
  );
}

/**
 * Why a request without its session's device may be without it. What the client says of itself can make the alarm quieter,
 * never open the session.
 */
export function withoutDevice(
  record: SessionRecord | undefined,
  request: RequestFacts,
): { readonly because: WithoutDevice; readonly severity: "info" | "warning" | "critical" } {
  if (!isBound(record?.binding)) return { because: "never-bound", severity: "warning" };
  if (isArrival(request)) return { because: "arrival", severity: "info" };
  if (request.header("secure-session-skipped") !== null) return { because: "refresh-skipped", severity: "warning" };
  return { because: "no-bound-cookie", severity: "critical" };
}
