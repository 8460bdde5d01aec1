import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { type Listening, type ListenOptions, tooLate } from "./listen.ts";
import { lookupFor } from "./lookup.ts";
import { trusting } from "./trust.ts";

export interface SocketOptions extends ListenOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Certificates to trust beside the usual ones, as PEM. */
  readonly ca: string | null;
  /** The messages that are sent first. */
  readonly say: readonly string[];
}

/**
 * Opens a WebSocket and keeps what it receives, each message as a line of a stream of events: `data: ...`. Rejects if
 * nothing answers; a refusal is an answer.
 */
export function listenToSocket(url: URL, options: SocketOptions): Promise<Listening> {
  const { headers, ca, say, patience, limit, path, onBegin } = options;
  const address = new URL(url);
  address.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  let text = "";
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address, {
      headers,
      maxPayload: limit,
      perMessageDeflate: false,
      ...trusting(ca),
      ...lookupFor(url.hostname),
    });
    const timer = setTimeout(() => reject(tooLate(path, patience)), patience);
    const begin = (response: IncomingMessage) => {
      clearTimeout(timer);
      onBegin(response);
      resolve({
        status: response.statusCode ?? 0,
        received: () => text,
        isOpen: () => socket.readyState === WebSocket.OPEN,
        close: () => socket.terminate(),
      });
    };
    socket.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once("upgrade", begin);
    socket.once("unexpected-response", (request, response) => {
      begin(response);
      request.destroy();
    });
    socket.once("open", () => {
      for (const each of say) socket.send(each);
    });
    socket.on("message", (data) => {
      if (text.length < limit) text += `data: ${String(data)}\n`;
    });
  });
}
