import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";

/** A response, whole. */
export interface Answer {
  readonly status: number;
  header(name: string): string | null;
  /** All `Set-Cookie` lines. */
  readonly cookies: readonly string[];
  readonly body: string;
}

export interface Sending {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request whose body is still being written. */
export interface OpenRequest {
  write(text: string): void;
  end(text?: string): void;
  /** Settles when the response's headers have come. */
  readonly started: Promise<StartedAnswer>;
  readonly answer: Promise<Answer>;
}

export interface StartedAnswer {
  /** The next piece of the body. */
  nextPiece(): Promise<string>;
}

/** A client that says exactly what it is told to, also what browsers and `fetch` forbid. */
export function aClient(origin: string) {
  function open(method: string, path: string, headers: Readonly<Record<string, string>>): OpenRequest {
    const sent = httpRequest(origin, { method, path, headers, agent: false });
    const response = responseOf(sent);
    const answer = response.then(answerOf);
    // Whoever waits for the answer hears of a broken connection; nobody else must.
    answer.catch(() => {});
    sent.flushHeaders();
    return {
      write: (text) => void sent.write(text),
      end: (text = "") => void sent.end(text),
      started: response.then((incoming) => ({ nextPiece: () => nextPiece(incoming) })),
      answer,
    };
  }
  return {
    open,
    send(method: string, path: string, { headers = {}, body = "" }: Sending = {}): Promise<Answer> {
      const length = method === "GET" || method === "HEAD" ? {} : { "Content-Length": String(body.length) };
      const request = open(method, path, { ...length, ...headers });
      request.end(body);
      return request.answer;
    },
  };
}

export type Client = ReturnType<typeof aClient>;

function responseOf(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => sent.once("response", resolve).once("error", reject));
}

function nextPiece(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve) => incoming.once("data", (piece: Buffer) => resolve(piece.toString())));
}

async function answerOf(incoming: IncomingMessage): Promise<Answer> {
  let body = "";
  const ended = new Promise<void>((resolve, reject) => incoming.once("end", resolve).once("error", reject));
  incoming.on("data", (piece: Buffer) => {
    body += piece.toString();
  });
  await ended;
  const { headers } = incoming;
  return {
    status: incoming.statusCode ?? 0,
    header: (name) => headers[name]?.toString() ?? null,
    cookies: headers["set-cookie"] ?? [],
    body,
  };
}
