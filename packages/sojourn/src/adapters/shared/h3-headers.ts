import type { ServerResponse } from "node:http";
import type { ResponsePlan } from "../../http/response-plan.ts";
import { putInto } from "./fetch-http.ts";
import { nodeSink } from "./node-sink.ts";

/** The sink of a response of Node's. Where there is no Node, h3 1 plays one, which sends its headers without writing them. */
export function sinkOf(response: ServerResponse): ResponsePlan {
  const sink = nodeSink(response);
  if (!Reflect.has(response, "__unenv__")) return sink;
  const { end } = response;
  response.end = ((...given: unknown[]) => {
    if (!response.headersSent) response.writeHead(response.statusCode);
    return Reflect.apply(end, response, given);
  }) as ServerResponse["end"];
  return sink;
}

/**
 * Puts the plan into the headers that h3 2 has prepared for whatever the answer will be. They win over the answer's own, which
 * are asked first for that.
 */
export function putIntoPrepared(prepared: Headers, answer: unknown, plan: ResponsePlan): void {
  if (plan.isEmpty) return;
  const own = answer instanceof Object && "headers" in answer ? answer.headers : null;
  for (const name of own instanceof Headers ? ["Cache-Control", "Vary"] : []) {
    const value = (own as Headers).get(name);
    if (value !== null && !prepared.has(name)) prepared.set(name, value);
  }
  putInto(prepared, plan);
}
