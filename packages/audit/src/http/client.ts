import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { type Answer, type Exchange, type HeaderLines, headerOf } from "./exchange.ts";
import { type Listening, listenTo } from "./listen.ts";
import { lookupFor } from "./lookup.ts";
import type { Pace, Sleep } from "./pace.ts";
import { pairs, readBody } from "./read.ts";
import type { Recorder } from "./recorder.ts";
import { listenToSocket } from "./socket.ts";
import { Trouble } from "./trouble.ts";
import { sayDistrust, trusting } from "./trust.ts";

/** Sends what it is told, once, and follows nothing. */
export interface Client {
  /** @throws Trouble if nothing came back, or nothing may be sent there */
  send(request: OutgoingRequest): Promise<Answer>;
  /** Sends all but the last byte of the body, and holds that back until it is released. */
  hold(request: OutgoingRequest): Promise<Held>;
  /** Opens an answer that goes on, or a WebSocket that begins by saying something. @throws Trouble if nothing comes */
  listen(request: OutgoingRequest, say?: readonly string[]): Promise<Listening>;
  close(): void;
}

export interface Held {
  /** Sends the last byte. */
  release(): Promise<Answer>;
  abandon(): void;
}

export interface OutgoingRequest {
  readonly by: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: HeaderLines;
  readonly body: string;
}

export interface ClientOptions {
  readonly origins: readonly string[];
  readonly recorder: Recorder;
  readonly pace: Pace;
  readonly sleep: Sleep;
  /** Sent with every request, so that whoever defends the target can tell us in the logs. */
  readonly headers: HeaderLines;
  /** Certificates to trust beside the usual ones, as PEM. */
  readonly ca: string | null;
  readonly limits: ClientLimits;
}

export interface ClientLimits {
  /** Milliseconds to the last byte of an answer. */
  readonly answer: number;
  /** Bytes of a body that are read. */
  readonly body: number;
  /** Requests of the whole audit. */
  readonly requests: number;
}

export const defaultLimits: ClientLimits = { answer: 15_000, body: 1_000_000, requests: 5_000 };

const headerBytes = 128_000;
const longestBackOff = 30_000;

export function createClient({ origins, recorder, pace, sleep, headers, ca, limits }: ClientOptions): Client {
  // Left idle for longer, a connection is about to be closed from the other side, at the moment of the next request.
  const reuse = { keepAlive: true, timeout: 2_000 };
  const trusted = trusting(ca);
  const agents = {
    reused: { "http:": new HttpAgent(reuse), "https:": new HttpsAgent({ ...reuse, ...trusted }) },
    // A change is never sent on a connection that may be closing.
    fresh: { "http:": new HttpAgent(), "https:": new HttpsAgent(trusted) },
  };
  const start = performance.now();
  let sent = 0;

  function admit({ url }: OutgoingRequest): void {
    if (!origins.includes(url.origin)) {
      throw new Trouble("refused-host", `${url.origin} is not a host of the audit file, so nothing was sent there`);
    }
    if (recorder.isFull) {
      throw new Trouble("budget-spent", "The target issues more cookies and tokens than can be kept out of a report");
    }
    if (++sent > limits.requests) {
      throw new Trouble("budget-spent", `The audit has sent ${limits.requests} requests, as many as it may`);
    }
  }

  function open(outgoing: OutgoingRequest, onFresh = !isSafe(outgoing.method)): ClientRequest {
    admit(outgoing);
    const { method, url, headers: own, body } = outgoing;
    const length: HeaderLines =
      isSafe(method) && body === "" ? [] : [["Content-Length", String(Buffer.byteLength(body))]];
    const lines = [["Host", url.host], ...headers, ...own, ...length] as const;
    const secure = url.protocol === "https:";
    try {
      return (secure ? httpsRequest : httpRequest)(url, {
        method,
        headers: lines.flat(),
        agent: agents[onFresh ? "fresh" : "reused"][secure ? "https:" : "http:"],
        maxHeaderSize: headerBytes,
        ...lookupFor(url.hostname),
      });
    } catch (error) {
      // A value that the target gave, and no header can hold.
      throw new Trouble("flow-broken", `${method} ${url.pathname} cannot be sent: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  function finish(request: ClientRequest, outgoing: OutgoingRequest, at: number): Promise<Answer> {
    const record = (response: Exchange["response"], failure: string | null): Exchange =>
      recorder.record({
        by: outgoing.by,
        request: { method: outgoing.method, url: outgoing.url.href, headers: outgoing.headers, body: outgoing.body },
        response,
        failure,
        at: Math.round(at - start),
        took: Math.round(performance.now() - at),
      });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => request.destroy(new Trouble("too-slow", tooSlow)), limits.answer);
      const tooSlow = `${outgoing.method} ${outgoing.url.pathname} was not answered within ${limits.answer / 1000} s`;
      let isOver = false;
      const fail = (error: Error) => {
        clearTimeout(timer);
        if (isOver) return;
        isOver = true;
        const trouble = troubleOf(error, outgoing);
        record(null, trouble.message);
        reject(trouble);
      };
      request.on("error", fail);
      request.once("upgrade", (_response, socket) => {
        socket.destroy();
        fail(new Error("it changed the protocol, which nobody had asked for"));
      });
      request.once("response", (response) => {
        readBody(response, limits.body).then(({ text, isCut }) => {
          clearTimeout(timer);
          if (isOver) return;
          isOver = true;
          const status = response.statusCode ?? 0;
          const lines = pairs(response.rawHeaders);
          const exchange = record({ status, headers: lines, body: text }, null);
          resolve({ url: outgoing.url, status, headers: lines, text, isCut, exchange });
        }, fail);
      });
    });
  }

  function begin(outgoing: OutgoingRequest, onFresh?: boolean) {
    const at = performance.now();
    const request = open(outgoing, onFresh);
    const answer = finish(request, outgoing, at);
    request.end(outgoing.body);
    return { request, answer };
  }

  async function sendOnce(outgoing: OutgoingRequest): Promise<Answer> {
    return pace.run(async () => {
      const { request, answer } = begin(outgoing);
      return answer.catch((error: unknown) => {
        // The server was closing a connection that it had kept open: a browser asks again on a new one, and so do we.
        const isStale = request.reusedSocket && error instanceof Trouble && error.code === "unreachable";
        if (isStale && isSafe(outgoing.method)) return begin(outgoing, true).answer;
        throw error;
      });
    });
  }

  return {
    async send(outgoing) {
      let answer = await sendOnce(outgoing);
      for (let wait = 1_000; answer.status === 429; wait *= 3) {
        if (outgoing.method !== "GET" || wait > longestBackOff) {
          throw new Trouble("asked-to-slow-down", `The target limits requests: ${outgoing.url.pathname} answers 429`);
        }
        const asked = Number(headerOf(answer, "retry-after") ?? 0) * 1000 || 0;
        if (asked > longestBackOff) {
          throw new Trouble("asked-to-slow-down", `The target asks to wait ${asked / 1000} s before the next request`);
        }
        await sleep(Math.max(wait, asked));
        answer = await sendOnce(outgoing);
      }
      return answer;
    },
    async hold(outgoing) {
      await pace.run(async () => {});
      const bytes = Buffer.from(outgoing.body);
      const at = performance.now();
      const request = open(outgoing);
      const answer = finish(request, outgoing, at);
      answer.catch(() => {});
      request.write(bytes.subarray(0, -1));
      return {
        release() {
          request.end(bytes.subarray(-1));
          return answer;
        },
        abandon: () => void request.destroy(),
      };
    },
    async listen(outgoing, say) {
      await pace.run(async () => {});
      const { by, method, url, headers: sent, body } = outgoing;
      const at = performance.now();
      const onBegin = ({ statusCode: status = 0, rawHeaders }: IncomingMessage) => {
        const response = { status, headers: pairs(rawHeaders), body: "" };
        const times = { at: Math.round(at - start), took: Math.round(performance.now() - at) };
        recorder.record({
          by,
          request: { method, url: url.href, headers: sent, body },
          response,
          failure: null,
          ...times,
        });
      };
      const options = { patience: limits.answer, limit: limits.body, path: url.pathname, onBegin };
      if (say) admit(outgoing);
      const listening = say
        ? listenToSocket(url, { ...options, headers: Object.fromEntries([...headers, ...sent]), ca, say })
        : listenTo(open(outgoing, true), options);
      return listening.catch((error: Error) => Promise.reject(troubleOf(error, outgoing)));
    },
    close() {
      for (const agent of Object.values(agents).flatMap((kind) => Object.values(kind))) agent.destroy();
    },
  };
}

function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

const hints: { readonly [code: string]: string } = {
  ECONNREFUSED: ": nothing listens there",
  EPROTO: ": what listens there speaks no TLS; write http:// if that is meant",
};

function troubleOf(error: Error & { code?: string }, { url }: OutgoingRequest): Trouble {
  if (error instanceof Trouble) return error;
  if (error.code === "HPE_HEADER_OVERFLOW") {
    return new Trouble("too-large", `The headers of ${url.pathname} are larger than ${headerBytes} bytes`);
  }
  const hint = hints[error.code ?? ""] ?? "";
  const why =
    sayDistrust(error.code, url.origin) ?? `${url.origin} did not answer (${error.code ?? error.message})${hint}`;
  return new Trouble("unreachable", why, { cause: error });
}
