import { parseDuration } from "./duration.ts";
import { isObject } from "./json.ts";
import { defaultPolicy } from "./policy.ts";

const known = [...Object.keys(defaultPolicy), "claims", "justifications"];

/** Every problem of a policy, each with what to write instead. */
export function policyProblems(policy: { readonly [key: string]: unknown }): readonly string[] {
  const problems: string[] = [];
  for (const key of Object.keys(policy)) {
    if (!known.includes(key)) problems.push(`policy.${key} does not exist: policy takes ${known.join(", ")}`);
  }
  const duration = (value: unknown, name: string): number => {
    const parsed = parseDuration(value);
    if (parsed === null) problems.push(`policy.${name} is ${describe(value)}: write a number and a unit, like "30m"`);
    return parsed ?? Number.NaN;
  };
  const tolerance = duration(policy.clockTolerance, "clockTolerance");
  const limits = (values: unknown, prefix: string) => {
    const { idle, absolute } = isObject(values) ? values : {};
    const idleTime = duration(idle, `${prefix}idle`);
    const absoluteTime = duration(absolute, `${prefix}absolute`);
    if (idleTime > absoluteTime)
      problems.push(`policy.${prefix}idle is longer than policy.${prefix}absolute: it would never fire`);
    if (idleTime < 2 * tolerance || idleTime === 0) {
      problems.push(
        `policy.${prefix}idle must be at least twice policy.clockTolerance, or nodes whose clocks differ sign active users out: raise it, or lower clockTolerance where one machine serves all`,
      );
    }
  };
  limits(policy, "");
  limits(policy.anonymous, "anonymous.");
  if (policy.onIdle !== "end" && policy.onIdle !== "lock") {
    problems.push(`policy.onIdle is ${describe(policy.onIdle)}: write "end" or "lock"`);
  }
  const { sessionsPerUser } = policy;
  if (sessionsPerUser !== "unlimited" && !(Number.isSafeInteger(sessionsPerUser) && (sessionsPerUser as number) >= 1)) {
    problems.push(
      `policy.sessionsPerUser is ${describe(sessionsPerUser)}: write a whole number from 1, or "unlimited"`,
    );
  }
  if (policy.renew !== false) {
    const { every, grace } = isObject(policy.renew) ? policy.renew : {};
    const everyTime = duration(every, "renew.every");
    const graceTime = duration(grace, "renew.grace");
    if (everyTime <= 2 * (graceTime + tolerance)) {
      problems.push(
        "policy.renew.every must exceed 2 x (grace + clockTolerance), or a secret is replaced before its predecessor is out of use: raise it, or write renew: false",
      );
    }
  }
  return problems;
}

export function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  return typeof value === "object" || typeof value === "function"
    ? `of type ${value === null ? "null" : typeof value}`
    : String(value);
}
