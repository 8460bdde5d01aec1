import type { RequestFacts } from "../../core/request.ts";
import { saysTls } from "./forwarded.ts";

interface Rendering {
  readonly request: Request;
  /** As the framework makes it up: its host may be one that nobody named. */
  readonly url: URL;
  readonly behindProxy: boolean;
  /** Whether the request came over TLS, where no proxy says so. */
  isSecure(): boolean;
  address(): string;
}

/** The facts of a request of a framework that makes up its URL. The host is the one that the client named. */
export function renderedFacts({ request, url, behindProxy, isSecure, address }: Rendering): RequestFacts {
  const header = (name: string) => request.headers.get(name);
  const secure = behindProxy ? saysTls(header("x-forwarded-proto") ?? "") : isSecure();
  const host = header("host") ?? url.host;
  return {
    method: request.method,
    url: `${secure ? "https" : "http"}://${host}${url.pathname}${url.search}`,
    secure,
    header,
    address,
  };
}
