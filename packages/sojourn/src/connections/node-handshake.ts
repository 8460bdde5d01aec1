import type { IncomingMessage } from "node:http";
import { checkedOptions } from "../adapters/shared/adapter-options.ts";
import { forwardedAddress, isForwardedTls } from "../adapters/shared/forwarded.ts";
import { isTls, nodeFacts } from "../adapters/shared/node-facts.ts";
import type { RequestFacts } from "../core/request.ts";

export interface NodeHandshakeOptions {
  /**
   * Names the proxies that end TLS, by the address they connect from: only their `X-Forwarded-Proto` and `X-Forwarded-For`
   * are believed. Default: none.
   */
  readonly proxy?: (address: string) => boolean;
}

/** How the facts of a Node request are read. Throws `OptionsError`. */
export function nodeHandshakes(
  options: NodeHandshakeOptions,
  subject: string,
): (request: IncomingMessage) => RequestFacts {
  const { proxy = () => false } = checkedOptions(options, subject, ["proxy"]);
  const address = (request: IncomingMessage) => forwardedAddress(request, proxy);
  return (request) => nodeFacts(request, { secure: isTls(request) || isForwardedTls(request, proxy), address });
}
