import type { Answer } from "../../binding/exchange.ts";
import type { RequestFacts, ResponseSink } from "../../core/request.ts";
import type { Session } from "../../core/session.ts";
import type { OpenRequestOptions, SessionManager } from "../../manager.ts";

/**
 * Opens a request's session, for every adapter alike: with the requests of device binding taken out on the way. An answer:
 * the library answers this request itself, and the application does not see it.
 */
export function enter<Data extends object>(
  manager: SessionManager<Data>,
  facts: RequestFacts,
  sink: ResponseSink,
  options: OpenRequestOptions<Data>,
): Promise<Session<Data> | Answer> {
  return manager.binding ? enterBound(manager, facts, sink, options) : manager.open(facts, sink, options);
}

async function enterBound<Data extends object>(
  manager: SessionManager<Data>,
  ...[facts, sink, options]: [RequestFacts, ResponseSink, OpenRequestOptions<Data>]
): Promise<Session<Data> | Answer> {
  const own = await manager.binding?.answer(facts, sink);
  if (own) return own;
  const session = await manager.open(facts, sink, options);
  return manager.binding?.reload(facts, session) ?? session;
}

export function isAnswer<Data extends object>(entered: Session<Data> | Answer): entered is Answer {
  return "status" in entered;
}
