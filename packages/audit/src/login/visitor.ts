import type { User } from "../file/load.ts";
import type { Client } from "../http/client.ts";
import { type Answer, type HeaderLines, headerOf, linesOf } from "../http/exchange.ts";
import { createJar, type Jar, type SendContext } from "../http/jar.ts";
import { shortestCookieSecret } from "../http/recorder.ts";
import type { Secrets } from "../http/secrets.ts";
import { Trouble } from "../http/trouble.ts";

/** One request, ready to be sent but for what the visitor adds: cookies and kept headers. */
export interface ReadyRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: HeaderLines;
  readonly body: string;
}

export interface SendOptions {
  /** Whose page causes the request. Default: the target's own. */
  readonly from?: "own" | "other site";
  /** The Origin that the page says it is from. Default: that of `from`. */
  readonly origin?: string;
  /** Which cookies go along. Default: those a browser sends. */
  readonly cookies?: SendContext;
  /** Whether `Set-Cookie` is taken. Default: yes. */
  readonly keepsCookies?: boolean;
}

/** Somebody with a browser profile: cookies, and headers sent with every request. Copies share nothing. */
export interface Visitor {
  readonly name: string;
  readonly user: User | null;
  readonly jar: Jar;
  /** By their name in lower case. */
  readonly headers: Map<string, string>;
  send(request: ReadyRequest, options?: SendOptions): Promise<Answer>;
  /** Follows redirects as a browser does. */
  follow(answer: Answer): Promise<Answer>;
  open(path: string): Promise<Answer>;
  /** What `send` would put on the wire. */
  outgoing(request: ReadyRequest, options?: SendOptions): Parameters<Client["send"]>[0];
  copy(name: string): Visitor;
}

export interface World {
  readonly client: Client;
  readonly secrets: Secrets;
  readonly target: URL;
}

const redirectsAtMost = 10;
const otherSite = "https://attacker.test";

export interface VisitorOptions {
  readonly name: string;
  readonly user?: User | null;
  readonly jar?: Jar;
  readonly headers?: ReadonlyMap<string, string>;
}

export function createVisitor(world: World, options: VisitorOptions): Visitor {
  const { name, user = null, jar = createJar() } = options;
  const headers = new Map(options.headers);
  const { client, secrets, target } = world;

  function outgoing(request: ReadyRequest, { from = "own", cookies, origin }: SendOptions = {}) {
    const context = cookies ?? (from === "own" ? "strict" : request.method === "GET" ? "lax" : "none");
    const sent = jar.sent(request.url, context);
    for (const cookie of sent) {
      if (cookie.value.length >= shortestCookieSecret) secrets.learn(`cookie ${cookie.name}`, cookie.value);
    }
    const lines: HeaderLines = [
      // A browser's: some applications leave parts of a page out for whoever would take JSON too.
      ["Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
      ...pageHeaders(request, { from, target, origin }),
      ...(sent.length > 0 ? ([["Cookie", sent.map((each) => `${each.name}=${each.value}`).join("; ")]] as const) : []),
      ...(from === "own" ? headers : []),
      ...request.headers,
    ];
    return { by: name, method: request.method, url: request.url, body: request.body, headers: lines };
  }

  function take(answer: Answer): void {
    jar.store(linesOf(answer, "set-cookie"), answer.url);
  }

  const visitor: Visitor = {
    name,
    user,
    jar,
    headers,
    outgoing,
    async send(request, options = {}) {
      const answer = await client.send(outgoing(request, options));
      if (options.keepsCookies !== false) take(answer);
      return answer;
    },
    async follow(first) {
      let answer = first;
      for (let hops = 0; isRedirect(answer); hops++) {
        if (hops === redirectsAtMost) {
          throw new Trouble("too-many-redirects", `${first.url.pathname} redirects more than ${redirectsAtMost} times`);
        }
        const url = new URL(headerOf(answer, "location") ?? "", answer.url);
        // The fragment is the browser's.
        url.hash = "";
        answer = await visitor.send({ method: "GET", url, headers: [], body: "" });
      }
      return answer;
    },
    async open(path) {
      return visitor.send({ method: "GET", url: new URL(path, target), headers: [], body: "" });
    },
    copy: (copyName) => createVisitor(world, { name: copyName, user, jar: jar.clone(), headers }),
  };
  return visitor;
}

export function isRedirect(answer: Answer): boolean {
  return (
    [301, 302, 303, 307, 308].includes(answer.status) &&
    URL.canParse(headerOf(answer, "location") ?? "", answer.url.href)
  );
}

/** What a browser says about the page that causes a request. Fetch Metadata only where the URL is trustworthy. */
function pageHeaders(
  { method, url }: ReadyRequest,
  { from, target, origin: named }: { from: string; target: URL; origin: string | undefined },
): HeaderLines {
  const isTrustworthy = url.protocol === "https:" || /^(localhost|127\.\d+\.\d+\.\d+)$/.test(url.hostname);
  const isSafe = method === "GET" || method === "HEAD";
  const origin = named ?? (from === "own" ? target.origin : otherSite);
  return [
    ...(isSafe ? [] : ([["Origin", origin]] as const)),
    ...(origin === "null" ? [] : ([["Referer", `${origin}/`]] as const)),
    ...(isTrustworthy ? ([["Sec-Fetch-Site", from === "own" ? "same-origin" : "cross-site"]] as const) : []),
  ];
}
