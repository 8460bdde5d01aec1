import { checkedOptions } from "../adapters/shared/adapter-options.ts";
import { type FetchFactsOptions, fetchFacts } from "../adapters/shared/fetch-http.ts";
import type { RequestFacts } from "../core/request.ts";

/** As the adapter for `Request` and `Response` has them. */
export type FetchHandshakeOptions = FetchFactsOptions;

/** How the facts of a standard request are read. Throws `OptionsError`. */
export function fetchHandshakes(options: FetchHandshakeOptions, subject: string): (request: Request) => RequestFacts {
  const checked = checkedOptions(options, subject, ["behindProxy", "address"]);
  return (request) => fetchFacts(request, checked);
}
