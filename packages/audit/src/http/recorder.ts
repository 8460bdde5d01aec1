import type { Exchange, HeaderLines } from "./exchange.ts";
import { cookiesAtMost } from "./jar.ts";
import type { Secrets } from "./secrets.ts";

/** Keeps every exchange of an audit, and nothing secret of it. */
export interface Recorder {
  record(exchange: Unrecorded): Exchange;
  readonly count: number;
  /** More secrets came than can be kept out of a report. */
  readonly isFull: boolean;
  /** Milliseconds since 1970: what the times of exchanges count from. */
  readonly startedAt: number;
  /** Counts exchanges of before to what is sent now: what is looked at again is proof again. */
  again(exchanges: readonly Exchange[]): void;
  /** What was sent while `work` ran, in order. */
  listen<Result>(
    work: () => Promise<Result>,
  ): Promise<{ readonly result: Result; readonly exchanges: readonly Exchange[] }>;
}

export type Unrecorded = Omit<Exchange, "id">;

/** A shorter value, like that of a cookie for the language, stands in every page. */
export const shortestCookieSecret = 8;
const bodyKept = 2_000;
/** A secret that begins in what is kept ends in what is searched. */
const bodySearched = 16_000;
const namedToken = /"(\w{0,40}(?:token|secret|jwt))"\s{0,5}:\s{0,5}"([^"\s]{8,4096})"/gi;
/** Of one check: what a hostile target can make us keep has an end. */
const keptAtMost = 400;

export function createRecorder(secrets: Secrets): Recorder {
  let count = 0;
  let heard: Exchange[] | null = null;

  const headers = (lines: HeaderLines): HeaderLines =>
    lines.map(([name, value]) => [name, secrets.redact(headerWithoutSecrets(name, value, secrets))] as const);
  const body = (text: string): string => {
    const clean = secrets.redact(text.slice(0, bodySearched));
    return clean.length > bodyKept ? `${clean.slice(0, bodyKept)}…` : clean;
  };

  function learnCookie(line: string): void {
    const [pair = ""] = line.split(";");
    const at = pair.indexOf("=");
    if (pair.length - at > shortestCookieSecret)
      secrets.learn(`cookie ${pair.slice(0, at).trim()}`, pair.slice(at + 1));
  }

  return {
    startedAt: Date.now(),
    get count() {
      return count;
    },
    get isFull() {
      return secrets.isFull;
    },
    record({ request, response, failure, ...rest }) {
      // What this very answer issues may stand in its body too.
      const issued = (response?.headers ?? []).filter(([name]) => name.toLowerCase() === "set-cookie");
      for (const [, line] of issued.slice(0, cookiesAtMost)) learnCookie(line);
      for (const [name, value] of request.headers) {
        if (name.toLowerCase() === "authorization") secrets.learn("authorization", value.replace(/^\w+ /, ""));
      }
      // By its name, to be on the safe side: nobody knows yet what a script is going to use it for.
      for (const [, name = "", value = ""] of (response?.body ?? "").slice(0, bodySearched).matchAll(namedToken))
        secrets.learn(name, value);
      const exchange: Exchange = {
        id: `e${++count}`,
        ...rest,
        request: {
          method: request.method,
          url: secrets.redact(request.url),
          headers: headers(request.headers),
          body: body(request.body),
        },
        response: response && {
          status: response.status,
          headers: headers(response.headers),
          body: body(response.body),
        },
        failure: failure === null ? null : secrets.redact(failure),
      };
      if (heard && heard.length < keptAtMost) heard.push(exchange);
      return exchange;
    },
    again(exchanges) {
      if (!heard) return;
      const known = new Set(heard);
      heard.push(...exchanges.filter((each) => !known.has(each)).slice(0, keptAtMost));
    },
    async listen(work) {
      const exchanges: Exchange[] = [];
      heard = exchanges;
      try {
        return { result: await work(), exchanges };
      } finally {
        heard = null;
      }
    },
  };
}

/** Every value of a cookie and of an authorization is replaced, however short it is. */
function headerWithoutSecrets(name: string, value: string, secrets: Secrets): string {
  const tagged = (pair: string): string => {
    const at = pair.indexOf("=");
    if (at < 0 || at === pair.length - 1) return pair;
    return `${pair.slice(0, at)}=${secrets.tagOf(`cookie ${pair.slice(0, at).trim()}`, pair.slice(at + 1))}`;
  };
  switch (name.toLowerCase()) {
    case "cookie":
      return value.split("; ").map(tagged).join("; ");
    case "set-cookie": {
      const [pair = "", ...attributes] = value.split(";");
      return [tagged(pair), ...attributes].join(";");
    }
    case "authorization":
      return value.replace(
        /^(\w+ )?(.+)$/,
        (_all, scheme = "", secret) => scheme + secrets.tagOf("authorization", secret),
      );
    default:
      return value;
  }
}
