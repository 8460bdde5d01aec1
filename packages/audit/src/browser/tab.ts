import { setTimeout as delay } from "node:timers/promises";
import type { BrowserContext, Frame, Request } from "playwright-core";
import type { Answer, HeaderLines } from "../http/exchange.ts";
import type { Jar, StoredCookie } from "../http/jar.ts";
import type { Recorder } from "../http/recorder.ts";
import { Trouble } from "../http/trouble.ts";
import { toPlaywright } from "./cookies.ts";

/** A request that a page caused, wherever it led, and whether or not it was let through. */
export interface Caused {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderLines;
  readonly body: string;
  /** What it loads, in the browser's words: `document`, `fetch`. */
  readonly type: string;
  /** The page that was open when it was sent. */
  readonly from: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `null` if nothing came back. */
  readonly answer: Answer | null;
}

/** One page in a browser profile of its own. */
export interface Tab {
  /** Every answer so far. */
  readonly answers: readonly Answer[];
  readonly caused: readonly Caused[];
  goto(url: string): Promise<void>;
  url(): URL;
  /** What pages say that are opened in further tabs of the same profile, all at once; empty where one does not load. */
  openAtOnce(urls: readonly string[]): Promise<readonly string[]>;
  /** What a person reads. */
  text(): Promise<string>;
  /** What a piece of JavaScript in the page comes to: `source` is a function, called with `given`. */
  evaluate<Result>(source: string, given?: unknown): Promise<Result>;
  /**
   * Does something that leads to another page, and waits for that; for a moment only, if it leads nowhere. The moment
   * begins when what it surely `sends` has been sent, however busy the browser is.
   */
  leave(work: () => Promise<unknown>, sends?: URL): Promise<void>;
  /** As the button does, from whatever the browser kept: the network is away meanwhile. */
  backOffline(moment: number): Promise<void>;
  cookies(): Promise<readonly StoredCookie[]>;
  /** Puts what a jar has in place of the cookies. */
  takeCookies(jar: Jar): Promise<void>;
  /** Playwright's own page and context, for a person's script. */
  script(work: (given: { readonly page: unknown; readonly context: unknown }) => Promise<unknown>): Promise<void>;
  /** Stops the page's own clock, and moves it. */
  readonly clock: { install(): Promise<void>; runFor(milliseconds: number): Promise<void> };
  /** Until the person has closed the window. */
  closed(): Promise<void>;
  /** Until everything that is under way has been answered and recorded. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface TabOptions {
  readonly context: BrowserContext;
  readonly by: string;
  readonly recorder: Recorder;
  /** Milliseconds that a page may take. */
  readonly patience: number;
  readonly requestsAtMost: number;
}

/** How long somebody waits for a page that may not come: a script that signs in without one. */
const moment = 1_500;
/** How long a busy browser may take to send what a page makes it send; a page may also forbid it. */
const busyAtMost = 5_000;
/** Milliseconds after which the rest of an answer that has begun is waited for no longer. */
const unreadAfter = 500;

export async function openTab({ context, by, recorder, patience, requestsAtMost }: TabOptions): Promise<Tab> {
  context.setDefaultTimeout(patience);
  const answers: Answer[] = [];
  const caused: Caused[] = [];
  const page = await context.newPage();
  /** What is under way, and since when its answer has begun. */
  const open = new Map<Request, number | null>();
  const pages = new WeakMap<Request, string>();
  const end = async (request: Request) => {
    if (!open.has(request)) return;
    const isWhole = open.get(request) === null || request.timing().responseEnd >= 0;
    await record(request, isWhole).catch(() => {});
    open.delete(request);
  };
  context.on("request", (request) => {
    open.set(request, null);
    pages.set(request, page.url());
  });
  context.on("response", (response) => open.set(response.request(), Date.now()));
  context.on("requestfinished", end);
  context.on("requestfailed", end);

  async function record(request: Request, isWhole: boolean): Promise<void> {
    const url = request.url();
    if (!/^https?:/.test(url)) return;
    const response = await request.response().catch(() => null);
    const headers = await linesOf(() => request.headersArray());
    const body = request.postData() ?? "";
    const answered = response && {
      status: response.status(),
      headers: await linesOf(() => response.headersArray()),
      body: isWhole ? await response.text().catch(() => "") : "",
    };
    const { startTime, responseEnd } = request.timing();
    const exchange = recorder.record({
      by,
      request: { method: request.method(), url, headers, body },
      response: answered,
      failure: answered ? null : (request.failure()?.errorText ?? "no answer"),
      at: Math.max(0, Math.round(startTime - recorder.startedAt)),
      took: Math.max(0, Math.round(responseEnd)),
    });
    const answer = answered && { url: new URL(url), ...answered, text: answered.body, isCut: false, exchange };
    if (answer) answers.push(answer);
    const { type, from } = { type: request.resourceType(), from: pages.get(request) ?? "" };
    caused.push({ method: request.method(), url, headers, body, type, from, at: startTime, answer });
  }

  const tab: Tab = {
    answers,
    caused,
    async goto(url) {
      await trying(`${new URL(url).pathname} did not open`, () =>
        page.goto(url, { waitUntil: "load" }).catch((error: Error) => {
          // A refusal without a page, for which the browser shows one of its own.
          if (!error.message.includes("ERR_HTTP_RESPONSE_CODE_FAILURE")) throw error;
        }),
      );
      await tab.settled();
    },
    async openAtOnce(urls) {
      const tabs = await Promise.all(urls.map(() => context.newPage()));
      await Promise.allSettled(tabs.map((each, at) => each.goto(urls[at] ?? "", { waitUntil: "load" })));
      await tab.settled();
      const texts = await Promise.all(tabs.map((each) => each.innerText("body").catch(() => "")));
      await Promise.all(tabs.map((each) => each.close()));
      return texts;
    },
    url: () => new URL(page.url()),
    text: () => page.innerText("body").catch(() => ""),
    evaluate: (source, given) =>
      trying("a script in the page failed", () =>
        inTime(page.evaluate(`(${source})(${JSON.stringify(given)})`), patience),
      ),
    async leave(work, sends) {
      // A form that is sent by GET makes a query of its own, and a fragment stays in the browser.
      const isSent = (request: Request) => request.url().split(/[?#]/)[0] === sends?.href.split(/[?#]/)[0];
      const sent = sends && page.waitForRequest(isSent, { timeout: busyAtMost }).catch(() => {});
      const isMain = (frame: Frame) => frame === page.mainFrame();
      const left = page.waitForEvent("framenavigated", { timeout: patience, predicate: isMain }).catch(() => {});
      await work();
      await Promise.race([sent, left]);
      await Promise.race([left, delay(moment, null, { ref: false })]);
      await page.waitForLoadState("load").catch(() => {});
      await tab.settled();
    },
    async backOffline(pause) {
      await context.setOffline(true);
      try {
        // A page out of the back/forward cache is not loaded, so there is nothing to wait for but a moment.
        await inTime(page.evaluate("history.back()"), patience).catch(() => {});
        await delay(pause);
      } finally {
        await context.setOffline(false);
      }
    },
    async cookies() {
      const all = await context.cookies();
      return all.map(({ name, value, domain, path, expires, httpOnly, secure, sameSite }) => ({
        name,
        value,
        domain: domain.replace(/^\./, ""),
        isHostOnly: !domain.startsWith("."),
        path,
        isSecure: secure,
        isHttpOnly: httpOnly,
        sameSite: sameSite === undefined ? null : (sameSite.toLowerCase() as "strict" | "lax" | "none"),
        expires: expires > 0 ? expires * 1000 : null,
      }));
    },
    async takeCookies(jar) {
      await context.clearCookies();
      await trying("the browser refuses a cookie", () => context.addCookies(jar.all().map(toPlaywright)));
    },
    async script(work) {
      await work({ page, context });
      await tab.settled();
    },
    clock: {
      install: () => page.clock.install(),
      runFor: (milliseconds) => inTime(page.clock.runFor(milliseconds), 4 * patience),
    },
    async settled() {
      const until = Date.now() + patience;
      while (open.size > 0 && Date.now() < until) {
        await delay(10);
        // What a page does not read to its end, or what has none, is not waited for.
        const begun = [...open].filter(([, since]) => since !== null && Date.now() - since > unreadAfter);
        await Promise.all(begun.map(([request]) => end(request)));
      }
      if (answers.at(-1)?.status === 429) {
        throw new Trouble(
          "asked-to-slow-down",
          `The target limits requests: ${answers.at(-1)?.url.pathname} answers 429`,
        );
      }
      if (recorder.count > requestsAtMost)
        throw new Trouble("budget-spent", `The audit has sent ${requestsAtMost} requests, as many as it may`);
    },
    async closed() {
      if (!page.isClosed()) await page.waitForEvent("close", { timeout: 0 });
    },
    close: () => context.close(),
  };
  return tab;
}

async function linesOf(read: () => Promise<{ name: string; value: string }[]>): Promise<HeaderLines> {
  const lines = await read().catch(() => []);
  return lines.map(({ name, value }) => [name, value] as const);
}

/** Playwright waits without an end for a page that is busy, or for an answer that a script in it waits for. */
async function inTime<Result>(work: Promise<Result>, patience: number): Promise<Result> {
  const end = new AbortController();
  const late = delay(patience, null, { signal: end.signal }).then(() => {
    throw new Error(`it took longer than ${patience / 1000} s`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    end.abort();
  }
}

/** What a browser cannot do says nothing about the sessions of the target. */
async function trying<Result>(what: string, work: () => Promise<unknown>): Promise<Result> {
  try {
    return (await work()) as Result;
  } catch (error) {
    if (error instanceof Trouble) throw error;
    const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new Trouble("flow-broken", `In the browser, ${what} (${line})`, { cause: error });
  }
}
