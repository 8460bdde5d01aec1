import type { SessionEvent } from "./core/events.ts";

/** What the loggers of pino's shape share: pino, bunyan's like, Fastify's `app.log`. */
export interface EventLogger {
  info(fields: object, message: string): unknown;
  warn(fields: object, message: string): unknown;
  error(fields: object, message: string): unknown;
}

const levels = { info: "info", warning: "warn", critical: "error" } as const;

/**
 * A listener for `onEvent` that writes every event as one structured line: `info`, `warn`, and `error` for `critical`; the
 * event's facts as fields, its type as the message. That nobody changes the lines afterwards is the log system's to see to.
 */
export function logEvents(logger: EventLogger): (event: SessionEvent) => void {
  return (event) => void logger[levels[event.severity]]({ ...event }, event.type);
}
