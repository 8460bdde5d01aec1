import { type EventStream, farewell, linesOf, mostWaiting, streamHeaders } from "./event-stream.ts";
import { type FetchHandshakeOptions, fetchHandshakes } from "./fetch-handshake.ts";
import type { OpenConnections } from "./open-connections.ts";

/**
 * Answers a request with server-sent events, wherever there are `Request` and `Response`: for logged-in users, from the
 * application's own pages, until their session is over. `start` is called with the open stream, and what it returns when
 * the stream has ended. The last message is then `session-closed`, with code and reason as JSON.
 */
export async function eventStream<Data extends object>(
  connections: OpenConnections<Data>,
  request: Request,
  start: (stream: EventStream<Data>) => (() => void) | undefined,
  options: FetchHandshakeOptions = {},
): Promise<Response> {
  const admission = await connections.admit(fetchHandshakes(options, "eventStream")(request));
  if (!admission.admitted) return new Response(admission.answer.body, admission.answer);
  const encoder = new TextEncoder();
  let end = () => {};
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const put = (text: string) => controller.enqueue(encoder.encode(text));
        let cleanUp: (() => void) | undefined;
        const connection = admission.hold((closing) => {
          put(farewell(closing));
          controller.close();
          cleanUp?.();
        });
        end = () => {
          if (connection.isOpen) cleanUp?.();
          connection.release();
        };
        const stream: EventStream<Data> = {
          session: admission.session,
          connection,
          send(message) {
            if (!connection.isOpen) return false;
            put(linesOf(message));
            if ((controller.desiredSize ?? 0) > 0) return true;
            end();
            controller.error(new Error("The client reads too slowly"));
            return false;
          },
          close() {
            if (!connection.isOpen) return;
            end();
            controller.close();
          },
        };
        if (!connection.isOpen) return;
        try {
          cleanUp = start(stream);
        } catch (error) {
          connection.release();
          throw error;
        }
        // It may have ended while it started.
        if (!connection.isOpen) cleanUp?.();
      },
      cancel: () => end(),
    },
    { highWaterMark: mostWaiting, size: (chunk) => chunk.byteLength },
  );
  return new Response(body, { headers: streamHeaders });
}
