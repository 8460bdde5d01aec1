import type { SessionToken } from "./ids.ts";
import { deadlines } from "./judge.ts";
import type { SessionRecord } from "./record.ts";
import type { Visit } from "./visit.ts";

/** Hands `token` to the client of this request. Only for a secret that the store has acknowledged. */
export function issue<Data extends object>(
  token: SessionToken,
  record: SessionRecord,
  { engine, sink }: Visit<Data>,
): void {
  const left = deadlines(record, engine.rules).absolute - engine.clock.now();
  engine.transport.issue(sink, token, {
    seconds: Math.max(0, Math.ceil(left / 1000)),
    persistent: record.remembered === true,
  });
}
