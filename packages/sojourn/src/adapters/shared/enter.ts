import type { Answer } from "../../binding/exchange.ts";
import type { RequestFacts, ResponseSink } from "../../core/request.ts";
import type { Session } from "../../core/session.ts";
import type { OpenRequestOptions, SessionManager } from "../../manager.ts";

/** The session of a request; or `answer`, where the library answers it itself and the application does not see it. */
export type Entry<Data extends object> =
  | { readonly session: Session<Data>; readonly answer: null }
  | { readonly session: null; readonly answer: Answer };

/** Opens a request's session, for every adapter alike: with the requests of device binding taken out on the way. */
export async function enter<Data extends object>(
  manager: SessionManager<Data>,
  facts: RequestFacts,
  sink: ResponseSink,
  options: OpenRequestOptions<Data>,
): Promise<Entry<Data>> {
  const { binding } = manager;
  const own = binding && (await binding.answer(facts, sink));
  if (own) return { session: null, answer: own };
  const session = await manager.open(facts, sink, options);
  const reload = binding?.reload(facts, session) ?? null;
  return reload ? { session: null, answer: reload } : { session, answer: null };
}
