import type { IncomingMessage } from "node:http";
import type { HeaderLines } from "./exchange.ts";

/** Reads no more than `limit`; the rest is never asked for. */
export async function readBody(response: IncomingMessage, limit: number): Promise<{ text: string; isCut: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) break;
  }
  return { text: Buffer.concat(chunks).subarray(0, limit).toString("utf8"), isCut: size > limit };
}

/** Header lines as Node gives them, one after the other. */
export function pairs(raw: readonly string[]): HeaderLines {
  return Array.from({ length: raw.length / 2 }, (_, at) => [raw[2 * at] ?? "", raw[2 * at + 1] ?? ""] as const);
}
