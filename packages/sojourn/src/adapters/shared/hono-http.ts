import { SojournError } from "../../core/errors.ts";
import type { ResponsePlan } from "../../http/response-plan.ts";
import { answerWithError, planned, withPlan } from "./fetch-http.ts";
import type { SessionOf } from "./session-of.ts";

/** Types `c.get("session")` and `c.var.session`: `new Hono<SessionEnv<typeof manager>>()`. */
export interface SessionEnv<Manager> {
  Variables: { session: SessionOf<Manager> };
}

/** What is used of Hono's context. By its shape, so that nobody needs Hono who does not use it. */
export interface HonoContext {
  readonly req: {
    readonly raw: Request;
    readonly method: string;
    readonly path: string;
    readonly url: string;
    header(name: string): string | undefined;
  };
  res: Response;
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>;

/** Puts the plan into the response that the application made. */
export function applyTo(context: HonoContext, plan: ResponsePlan): void {
  const { res } = context;
  const answer = withPlan(res, plan);
  if (answer === res) return;
  // A copy, of immutable headers, as of what `fetch` answered. Hono would put those of the old response over the copy's.
  Reflect.set(context, "res", undefined);
  context.res = answer;
}

/** An error of the library that Hono's own error handler answers with its status and code, as it does an `HTTPException`. */
export function withResponse(error: unknown, plan: ResponsePlan): unknown {
  if (!(error instanceof SojournError)) return error;
  return Object.assign(error, { getResponse: () => planned(answerWithError(error), plan) });
}

/** For `app.onError`: the library's errors by status and code, an `HTTPException` by its own response, others by 500 and `console.error`. */
export function answerError(error: Error): Response {
  if ("getResponse" in error && typeof error.getResponse === "function") return error.getResponse() as Response;
  if (!(error instanceof SojournError)) console.error(error);
  return answerWithError(error);
}
