import type { ClientRequest, IncomingMessage } from "node:http";
import { Trouble } from "./trouble.ts";

/** An answer that goes on. */
export interface Listening {
  readonly status: number;
  /** Everything that came so far, up to what is read of any answer. */
  received(): string;
  isOpen(): boolean;
  close(): void;
}

export interface ListenOptions {
  /** Milliseconds until it must begin. */
  readonly patience: number;
  /** Characters that are kept. */
  readonly limit: number;
  readonly path: string;
  onBegin(response: IncomingMessage): void;
}

/** Waits until the answer begins, and keeps what comes of it. Rejects if it never does. */
export function listenTo(
  request: ClientRequest,
  { patience, limit, path, onBegin }: ListenOptions,
): Promise<Listening> {
  let text = "";
  let isOpen = true;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => request.destroy(tooLate(path, patience)), patience);
    request.on("error", (error) => {
      clearTimeout(timer);
      isOpen = false;
      reject(error);
    });
    request.once("response", (response) => {
      clearTimeout(timer);
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        if (text.length < limit) text += chunk;
      });
      response.on("error", () => {});
      response.once("close", () => {
        isOpen = false;
      });
      onBegin(response);
      const close = () => void request.destroy();
      resolve({ status: response.statusCode ?? 0, received: () => text, isOpen: () => isOpen, close });
    });
    request.end();
  });
}

export function tooLate(path: string, patience: number): Trouble {
  return new Trouble("too-slow", `${path} did not begin to answer within ${patience / 1000} s`);
}
