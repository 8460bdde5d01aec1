import { SojournError, type SojournErrorCode } from "../core/errors.ts";
import type { RequestFacts, ResponseSink } from "../core/request.ts";
import type { Session } from "../core/session.ts";
import type { Engine } from "../core/visit.ts";
import { isArrival } from "../core/without-device.ts";
import type { BoundCookieHandler } from "./cookie-binding.ts";
import { type Answer, answer } from "./exchange.ts";
import type { BindingShape } from "./options.ts";
import { wellKnownPath } from "./wire.ts";

/** What device binding answers in the application's place. Adapters ask; who has none asks around `manager.open`. */
export interface BindingEndpoints {
  /**
   * The answer to a request that a browser makes for device binding, or `null`: the request is the application's. Ask
   * before `open`, and before anything that would answer 401, 404 or 429: browsers delete their binding at those.
   */
  answer(request: RequestFacts, sink: ResponseSink): Promise<Answer | null>;
  /**
   * A page that loads the same address again, for somebody who came over a link from another site without a bound cookie
   * (browsers refresh none for those), or `null`. Ask with what `open` returned; cookies and state are as they were.
   */
  reload(request: RequestFacts, session: Session<object>): Answer | null;
}

/** Loads what verifies proofs when the first one arrives, so that nobody else loads it. */
export function bindingEndpoints(
  engine: Engine,
  cookie: BoundCookieHandler,
  { shape, origins }: { readonly shape: BindingShape; readonly origins: readonly string[] },
): BindingEndpoints {
  const { registerPath, refreshPath } = shape;
  const paths = cookie.site === null ? [registerPath, refreshPath] : [registerPath, refreshPath, wellKnownPath];

  async function act(path: string, request: RequestFacts, sink: ResponseSink): Promise<Answer> {
    const exchange = { engine, cookie, refreshPath, request, sink };
    if (path === registerPath) return (await import("./register.ts")).register(exchange);
    return (await import("./refresh.ts")).refresh(exchange);
  }

  return {
    async answer(request, sink) {
      const path = paths.find((each) => isAt(each, request.url));
      if (path === undefined) return null;
      if (path === wellKnownPath) {
        return request.method === "GET" ? answer(200, JSON.stringify({ registering_origins: origins })) : null;
      }
      if (request.method !== "POST") return null;
      // A node that takes the connection for a plain one is set up wrongly, which is no reason to unbind anybody.
      if (!engine.transport.isSafeFor(request)) return later("ERR_INSECURE_TRANSPORT");
      try {
        return await act(path, request, sink);
      } catch (error) {
        // A store that does not answer is no reason to forget a device: at 503, browsers keep their binding.
        if (!(error instanceof SojournError)) throw error;
        engine.emit({
          type: "store_failed",
          severity: "warning",
          operation: "binding",
          code: error.code,
          sessionId: null,
        });
        return later(error.code);
      }
    },
    reload(request, session) {
      const isWithoutDevice = session.kind === "anonymous" && session.because === "unbound";
      return isWithoutDevice && isArrival(request) ? reloadPage : null;
    },
  };
}

/** At this status browsers keep their binding. */
function later(code: SojournErrorCode): Answer {
  return answer(503, JSON.stringify({ error: code }), { "Retry-After": "5" });
}

/** Whether an absolute URL's path is `path`. */
function isAt(path: string, url: string): boolean {
  const end = url.search(/[?#]/);
  const whole = end < 0 ? url : url.slice(0, end);
  return whole.endsWith(path) && whole.indexOf("/", whole.indexOf("//") + 2) === whole.length - path.length;
}

/** Without a script, so that no content security policy stands in its way. */
const reloadPage: Answer = {
  status: 200,
  headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" },
  body: '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0"><title>One moment</title><p>One moment …</p></html>',
};
