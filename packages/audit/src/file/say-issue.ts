import { z } from "zod";
import { auditFileSchema } from "./schema.ts";

/** What is wrong with an audit file, in its own words: where, and what to write instead. */
export function sayIssue(issue: z.core.$ZodIssue): string {
  const where = issue.path.length === 0 ? "the file" : issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") return `${where}: ${issue.keys.map(sayUnknown).join(", ")}`;
  if (issue.code === "invalid_type" && issue.message.endsWith("received undefined")) return `${where}: is missing`;
  return `${where}: ${issue.message}`;
}

function sayUnknown(key: string): string {
  const near = [...names()].find((each) => isNear(each, key));
  return `there is no "${key}" here${near === undefined ? "" : `; did you mean "${near}"?`}`;
}

/** The name of everything that an audit file may say. */
function names(): ReadonlySet<string> {
  const found = new Set<string>();
  JSON.stringify(z.toJSONSchema(auditFileSchema, { io: "input" }), (key, value) => {
    if (key === "properties") for (const name of Object.keys(value as object)) found.add(name);
    return value;
  });
  return found;
}

/** One slip of a finger: a letter too many, too few, another one, or two that changed places. */
function isNear(name: string, typed: string): boolean {
  if (Math.abs(name.length - typed.length) > 1) return false;
  const [a, b] = [name.toLowerCase(), typed.toLowerCase()];
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const [x, y] = [a.slice(start), b.slice(start)];
  const isSwapped = x[0] === y[1] && x[1] === y[0] && x.slice(2) === y.slice(2);
  return isSwapped || x.slice(1) === y.slice(1) || x === y.slice(1) || x.slice(1) === y;
}
