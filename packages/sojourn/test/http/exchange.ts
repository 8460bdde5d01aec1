import { type ResponseHeaders, ResponsePlan } from "../../src/http/response-plan.ts";
import type { RequestFacts } from "../../src/index.ts";

/** A request as an adapter would hand it over: a POST to https://shop.example/ unless said otherwise. */
export function aRequest({
  method = "POST",
  url = "https://shop.example/",
  headers = {},
}: {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
} = {}): RequestFacts {
  return { method, url, secure: url.startsWith("https:"), header: (name) => headers[name] ?? null };
}

/** A response whose handler has said `headers` and `cookies` before the plan is put in. */
export function aResponse({
  headers = {},
  cookies = [],
}: {
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
} = {}) {
  const sending = { headersSent: false };
  const plan = new ResponsePlan(sending);
  const said = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  let lines = cookies;
  const target: ResponseHeaders = {
    get: (name) => said.get(name.toLowerCase()) ?? null,
    set: (name, value) => said.set(name.toLowerCase(), value),
    get cookies() {
      return lines;
    },
    setCookies(replacements) {
      lines = replacements;
    },
  };
  return {
    plan,
    /** Sends the headers, and shows them as they went out. */
    send() {
      plan.applyTo(target);
      sending.headersSent = true;
      return { headers: Object.fromEntries(said), cookies: lines };
    },
  };
}

/** `name=value` of the first cookie: what a browser sends back. */
export function cookieOf(line: string | undefined): string {
  return (line ?? "").split(";")[0] ?? "";
}
