import type { Answer } from "../../binding/exchange.ts";
import type { RequestFacts } from "../../core/request.ts";
import { ResponsePlan } from "../../http/response-plan.ts";
import { fetchFacts } from "./fetch-http.ts";
import { type H3Event, isWeb, type Next, nodeOf, type WebEvent, webEvent } from "./h3-event.ts";
import { putIntoPrepared, sinkOf } from "./h3-headers.ts";
import { sendAnswer } from "./node-answers.ts";
import { behindOwnProxy, isTls, nodeFacts } from "./node-facts.ts";

/** A request on its way through h3. */
interface H3Visit {
  readonly facts: RequestFacts;
  readonly plan: ResponsePlan;
  /** Answers in the application's place. */
  answer(answer: Answer): unknown;
  /** Lets whoever is next answer. */
  goOn(next: Next | undefined): unknown;
}

export function visitOf(event: H3Event, behindProxy: boolean): H3Visit {
  const node = nodeOf(event);
  if (node === null) return onWeb(webEvent(event), behindProxy);
  const { req, res } = node;
  const url = "originalUrl" in req && typeof req.originalUrl === "string" ? req.originalUrl : (req.url ?? "/");
  const facts = behindProxy ? behindOwnProxy(req, url) : nodeFacts(req, { secure: isTls(req), url });
  const answer = (given: Answer) => (isWeb(event) ? new Response(given.body, given) : sendAnswer(res, given));
  return { facts, plan: sinkOf(res), answer, goOn: (next) => next?.() };
}

function onWeb({ req, res }: WebEvent, behindProxy: boolean): H3Visit {
  const sending = { headersSent: false };
  const plan = new ResponsePlan(sending);
  return {
    facts: fetchFacts(req, { behindProxy }),
    plan,
    answer: (given) => new Response(given.body, given),
    async goOn(next) {
      let answer: unknown;
      try {
        answer = await next?.();
        return answer;
      } finally {
        sending.headersSent = true;
        for (const headers of [res.headers, res.errHeaders]) putIntoPrepared(headers, answer, plan);
      }
    },
  };
}
