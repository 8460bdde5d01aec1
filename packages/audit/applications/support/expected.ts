import { existsSync, readFileSync } from "node:fs";
import type { Report, Result } from "../../src/index.ts";
import type { Application } from "./application.ts";

/*
 * expected/NAME.txt: the product, its version and configuration, then a line a check, as a person has reviewed it. A
 * failure says behind a colon how it was verified by hand: one that nobody has verified fails the test.
 */

export interface Expected {
  readonly lines: readonly string[];
  /** How each failure was verified, by the id of its check. */
  readonly reviews: ReadonlyMap<string, string>;
}

export function readExpected({ name }: Application): Expected {
  const file = new URL(`../expected/${name}.txt`, import.meta.url);
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const lines = text.split("\n").filter((line) => line !== "");
  const reviewed = lines.flatMap((line) => /^(X-\w+-\d+) fail [^:]*: (.+)$/.exec(line)?.slice(1, 3) ?? []);
  const reviews = new Map<string, string>();
  for (let at = 0; at < reviewed.length; at += 2) reviews.set(reviewed[at] ?? "", reviewed[at + 1] ?? "");
  return { lines: lines.map((line) => (line.startsWith("X-") ? line.replace(/: .*$/, "") : line)), reviews };
}

/** A report as such lines. Only checks that `expected` names are compared: a new one is added once it has been reviewed. */
export function linesOf(application: Application, version: string, report: Report): readonly string[] {
  return [`${application.product} ${version}`, application.configuration, ...report.checks.map(lineOf)];
}

function lineOf({ id, verdict, severity, confidence }: Result): string {
  return verdict === "fail" ? `${id} fail ${severity} ${confidence}` : `${id} ${verdict}`;
}
