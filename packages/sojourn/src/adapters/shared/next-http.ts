import type { RequestFacts } from "../../core/request.ts";
import { lastHop, saysTls } from "./forwarded.ts";
import type { NextCookies } from "./next-cookie-line.ts";

/** What is used of `next/headers` and `next/navigation`. Handed over, because only an application of Next.js can load them. */
export interface NextTools {
  cookies(): Promise<NextCookies>;
  headers(): Promise<Pick<Headers, "get">>;
  redirect(url: string): never;
}

export interface NextSessionOptions {
  /** `true`: every request comes through the application's own proxy, whose `X-Forwarded-Proto` and `X-Forwarded-For` are believed. Default `false`. */
  readonly behindProxy?: boolean;
  /** Which requests to Route Handlers the user did not make, like polling: they do not keep the session awake. Default: none. */
  readonly isPolling?: (request: Request) => boolean;
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Pick<Headers, "get">;
  readonly behindProxy: boolean;
}

/** The facts of a request. The host is the one the client named; the URL that Next.js makes up has the one it listens on. */
export function nextFacts({ method, path, headers, behindProxy }: Sent): RequestFacts {
  const secure = behindProxy && saysTls(headers.get("x-forwarded-proto") ?? "");
  const host = headers.get("host") ?? "unknown.invalid";
  const url = `${secure ? "https" : "http"}://${host}${path}`;
  const address = () => (behindProxy ? lastHop(headers.get("x-forwarded-for")) : null);
  return { method, url, secure, header: (name) => headers.get(name), address };
}
