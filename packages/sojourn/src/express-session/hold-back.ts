import type { ServerResponse } from "node:http";

export interface Moments {
  /** Right before the headers are sent. */
  atHeaders(): void;
  /** When the application ends the response: what the end waits for; `null`: nothing. */
  atEnd(): Promise<void> | null;
  /** What went wrong. The response is the application's again. */
  onError(error: unknown): void;
}

/** Headers that speak of a body which will not be sent. */
const ofTheBody = ["Content-Encoding", "Content-Language", "Content-Length", "Content-Range", "Content-Type", "ETag"];

/**
 * Holds the end of a response back until the session is stored, so that no browser follows a redirect to a page that does
 * not know of it. Where storing fails, the response is not sent, and somebody else may answer.
 */
export function holdBack(response: ServerResponse, { atHeaders, atEnd, onError }: Moments): void {
  const { end, writeHead } = response;
  let isHeld = false;
  let hasFailed = false;

  response.writeHead = function heldWriteHead(this: ServerResponse, ...given: unknown[]) {
    if (!response.headersSent) {
      try {
        atHeaders();
      } catch (error) {
        // Said already, where this response is the answer to it.
        if (!hasFailed) setImmediate(onError, error);
      }
    }
    return Reflect.apply(writeHead, response, given);
  } as ServerResponse["writeHead"];

  response.end = function heldEnd(this: ServerResponse, ...given: unknown[]) {
    if (isHeld) return response;
    const stored = atEnd();
    if (stored === null) return Reflect.apply(end, response, given);
    isHeld = true;
    stored.then(
      () => void Reflect.apply(end, response, given),
      (error) => {
        isHeld = false;
        hasFailed = true;
        if (!response.headersSent) for (const name of [...ofTheBody, "Location"]) response.removeHeader(name);
        onError(error);
      },
    );
    return response;
  } as ServerResponse["end"];
}
