import { z } from "zod";
import { type Recorded, type RecordedOptions, type Steps, stepsOf } from "./recorded.ts";

/* What a browser's network panel saves. */

const pairs = z.array(z.object({ name: z.string(), value: z.string() })).default([]);
const entry = z.object({
  _resourceType: z.string().optional(),
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers: pairs,
    postData: z.object({ mimeType: z.string().default(""), text: z.string().default("") }).optional(),
  }),
  response: z.object({
    status: z.number(),
    headers: pairs,
    redirectURL: z.string().default(""),
    content: z.object({
      mimeType: z.string().default(""),
      text: z.string().default(""),
      encoding: z.string().optional(),
    }),
  }),
});
const har = z.object({ log: z.object({ entries: z.array(entry) }) });

export interface HarOptions extends RecordedOptions {
  /** Origins whose requests belong to the login. */
  readonly origins: readonly string[];
}

/** @throws Error that says what is wrong with the recording */
export function readHar(text: string, { origins, ...options }: HarOptions): Steps {
  const parsed = har.safeParse(parse(text));
  if (!parsed.success) throw new Error("is no HAR: it has no log.entries");
  const entries = parsed.data.log.entries.filter(({ request: { url } }) => origins.includes(originOf(url)));
  const read = stepsOf(entries.map(recordedOf), options);
  if (read.steps.length === 0) throw new Error("records no login: it has no request but GET to the target");
  return read;
}

function recordedOf({ _resourceType: type, request, response }: z.output<typeof entry>): Recorded {
  const { text, encoding, mimeType } = response.content;
  return {
    method: request.method,
    url: request.url,
    headers: request.headers.map(({ name, value }) => [name, value] as const),
    body: request.postData ? { type: request.postData.mimeType, text: request.postData.text } : null,
    isStatic: isStatic(request.method, type, mimeType),
    answer: {
      status: response.status,
      headers: response.headers.map(({ name, value }) => [name, value] as const),
      text: encoding === "base64" ? Buffer.from(text, "base64").toString("utf8") : text,
      redirectsTo: response.redirectURL,
    },
  };
}

/** By what the browser says it loaded, or by what came. */
export function isStatic(method: string, type: string | undefined, mimeType: string): boolean {
  if (method === "OPTIONS") return true;
  if (method !== "GET") return false;
  return type === undefined
    ? /image|font|css|javascript|video|audio/i.test(mimeType)
    : !/^(document|xhr|fetch)$/.test(type);
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
