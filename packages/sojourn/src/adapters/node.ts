import type { IncomingMessage, ServerResponse } from "node:http";
import { SojournError } from "../core/errors.ts";
import type { Session } from "../core/session.ts";
import type { SessionManager } from "../manager.ts";
import { adapterOptions, handlerProblems } from "./shared/adapter-options.ts";
import { enter, isAnswer } from "./shared/enter.ts";
import { forwardedAddress, isForwardedTls } from "./shared/forwarded.ts";
import { answerWithError, sendAnswer } from "./shared/node-answers.ts";
import { isTls, nodeFacts } from "./shared/node-facts.ts";
import { nodeSink } from "./shared/node-sink.ts";
import { assertAllowed, csrfHeader } from "./shared/refusals.ts";

/** What a handler gets beside request and response. */
export interface SessionContext<Data extends object> {
  /** This request's session; after a login, an unlock or a logout, the one that took its place. */
  readonly session: Session<Data>;
}

export type SessionHandler<Data extends object> = (
  request: IncomingMessage,
  response: ServerResponse,
  context: SessionContext<Data>,
) => unknown;

export interface NodeSessionOptions {
  /**
   * Names the proxies that end TLS, by the address they connect from: only their `X-Forwarded-Proto` and `X-Forwarded-For`
   * are believed.
   * Default: none.
   */
  readonly proxy?: (address: string) => boolean;
  /** `false`: the handler asks `manager.checkCsrf` itself, for example because its tokens are in form fields. Default `true`. */
  readonly csrf?: boolean;
  /** Which requests the user did not make, like polling: they do not keep the session awake. Default: none. */
  readonly isPolling?: (request: IncomingMessage) => boolean;
  /** Told of what a handler throws, beside the library's own errors. Default: a process warning. */
  readonly onError?: (error: unknown, request: IncomingMessage) => void;
}

/**
 * A `node:http` handler with a session: `createServer(withSession(manager, async (request, response, { session }) => ...))`.
 * It never rejects, since Node would end the process for that: errors of the library are answered with their status and
 * code, others with 500 and `onError`; where the response has begun, it is cut off.
 */
export function withSession<Data extends object>(
  manager: SessionManager<Data>,
  handler: SessionHandler<Data>,
  options: NodeSessionOptions = {},
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const checked = adapterOptions(
    manager,
    options,
    "withSession",
    ["proxy", "csrf", "isPolling", "onError"],
    handlerProblems(handler),
  );
  const { proxy = () => false, csrf = true, isPolling = () => false, onError = warn } = checked;
  const address = (request: IncomingMessage) => forwardedAddress(request, proxy);
  return async (request, response) => {
    try {
      const secure = isTls(request) || isForwardedTls(request, proxy);
      const facts = nodeFacts(request, { secure, address });
      const sink = nodeSink(response);
      const options = {
        activity: !isPolling(request),
        onReplaced: (next: Session<Data>) => {
          context.session = next;
        },
      };
      const entered = await enter(manager, facts, sink, options);
      if (isAnswer(entered)) return sendAnswer(response, entered);
      const context = { session: entered };
      if (csrf) assertAllowed(manager.checkCsrf(facts, context.session, { token: facts.header(csrfHeader) }));
      await handler(request, response, context);
    } catch (error) {
      if (!(error instanceof SojournError)) onError(error, request);
      answerWithError(response, error);
    }
  };
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}

export { turnAway } from "./shared/node-answers.ts";
export { nodeFacts } from "./shared/node-facts.ts";
export { nodeSink } from "./shared/node-sink.ts";
export type { GuardOptions, Refusal } from "./shared/turn-away.ts";
