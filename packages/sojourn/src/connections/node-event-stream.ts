import type { IncomingMessage, ServerResponse } from "node:http";
import { sendAnswer } from "../adapters/shared/node-answers.ts";
import { type EventStream, farewell, linesOf, mostWaiting, streamHeaders } from "./event-stream.ts";
import { type NodeHandshakeOptions, nodeHandshakes } from "./node-handshake.ts";
import type { OpenConnections } from "./open-connections.ts";
import { timeToHear } from "./web-sockets.ts";

/**
 * Answers a Node request with server-sent events: for logged-in users, from the application's own pages, until their
 * session is over. Others are answered by status and code, and `null` is returned. The last message is `session-closed`,
 * with code and reason as JSON. What has to be undone at the end is `response.on("close", ...)`.
 */
export async function nodeEventStream<Data extends object>(
  connections: OpenConnections<Data>,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  options: NodeHandshakeOptions = {},
): Promise<EventStream<Data> | null> {
  const admission = await connections.admit(nodeHandshakes(options, "nodeEventStream")(request));
  if (!admission.admitted) {
    sendAnswer(response, admission.answer);
    return null;
  }
  response.writeHead(200, streamHeaders);
  response.flushHeaders();
  const connection = admission.hold((closing) => {
    response.end(farewell(closing));
    // One that does not read is not waited for.
    setTimeout(() => response.writableFinished || response.destroy(), timeToHear);
  });
  response.on("close", () => connection.release());
  // A client that went away while it was judged is not waited for.
  if (response.closed) connection.release();
  return {
    session: admission.session,
    connection,
    send(message) {
      if (!connection.isOpen) return false;
      response.write(linesOf(message));
      if (response.writableLength <= mostWaiting) return true;
      connection.release();
      response.destroy();
      return false;
    },
    close() {
      connection.release();
      response.end();
    },
  };
}
