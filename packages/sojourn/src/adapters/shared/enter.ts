import type { BindingEndpoints } from "../../binding/endpoints.ts";
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
  const { binding } = manager;
  if (binding === null) return manager.open(facts, sink, options);
  return around(binding, { facts, sink }, () => manager.open(facts, sink, options));
}

async function around<Data extends object>(
  binding: BindingEndpoints,
  request: { readonly facts: RequestFacts; readonly sink: ResponseSink },
  open: () => Promise<Session<Data>>,
): Promise<Session<Data> | Answer> {
  const own = await binding.answer(request.facts, request.sink);
  if (own) return own;
  const session = await open();
  return binding.reload(request.facts, session) ?? session;
}

export function isAnswer<Data extends object>(entered: Session<Data> | Answer): entered is Answer {
  return "status" in entered;
}
