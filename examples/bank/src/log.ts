import { type SessionEvent, SojournError } from "sojourn";

/** Takes one line of JSON, in the shape that pino writes. */
export type Log = (line: string) => void;

const levels = { info: 30, warning: 40, critical: 50 } as const;

/** A line per session event: ids, never secrets. */
export function logEvent(log: Log, { at, severity, ...event }: SessionEvent): void {
  log(JSON.stringify({ level: levels[severity], time: at, ...event }));
}

/** A line per request that failed. What the browser sees is another matter: never a message or a stack. */
export function logFailure(log: Log, { error, time }: { readonly error: unknown; readonly time: number }): void {
  const code = error instanceof SojournError ? error.code : undefined;
  const stack = error instanceof Error ? error.stack : String(error);
  log(JSON.stringify({ level: levels.critical, time, type: "request_failed", code, stack }));
}
