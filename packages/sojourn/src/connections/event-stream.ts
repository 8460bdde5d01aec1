import type { AuthenticatedSession } from "../core/session.ts";
import type { Closing } from "./closing.ts";
import type { Connection } from "./open-connections.ts";

/** One message of server-sent events. */
export interface EventMessage {
  /** Any text; lines of it stay lines. */
  readonly data: string;
  /** Default: `message`. One line. */
  readonly event?: string;
  /** What the browser sends as `Last-Event-ID` when it connects again. One line. */
  readonly id?: string;
}

/** An open stream of server-sent events. */
export interface EventStream<Data extends object> {
  /** As `Admitted` has it. */
  readonly session: AuthenticatedSession<Data>;
  readonly connection: Connection;
  /**
   * Sends a message; `false` where the stream is closed. A client that reads so slowly that more than a megabyte waits for it is cut
   * off: it connects again. Throws a `TypeError` for a name or id of several lines.
   */
  send(message: EventMessage): boolean;
  /** Ends the stream. Browsers connect again. */
  close(): void;
}

/** Bytes that may wait for a client. */
export const mostWaiting = 1_048_576;

export const streamHeaders = {
  "Content-Type": "text/event-stream",
  "Cache-Control": "no-store",
  "X-Accel-Buffering": "no",
};

/** A message as it is sent. */
export function linesOf({ data, event, id }: EventMessage): string {
  return `${field("event", event)}${field("id", id)}${data
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}\n`)
    .join("")}\n`;
}

/** The last message of a stream that the library closes: event streams have no codes. */
export function farewell(closing: Closing): string {
  return linesOf({ event: "session-closed", data: JSON.stringify(closing) });
}

function field(name: "event" | "id", value: string | undefined): string {
  if (value === undefined) return "";
  if (/[\r\n\0]/.test(value)) throw new TypeError(`send({ ${name} }): write it on one line`);
  return `${name}: ${value}\n`;
}
