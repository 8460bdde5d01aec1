import { describe } from "./describe.ts";
import { parseDuration } from "./duration.ts";
import { isObject } from "./json.ts";
import { unknownKeys } from "./option-names.ts";
import { defaultPolicy } from "./policy.ts";

/** Ten years: far beyond any use, far below where arithmetic on instants goes wrong. */
const longest = 3_650 * 86_400_000;
const mostTolerance = 600_000;
const known = [...Object.keys(defaultPolicy), "remembered", "claims", "justifications"];

/** Every problem of a policy, each with what to write instead. */
export function policyProblems(policy: { readonly [key: string]: unknown }): readonly string[] {
  const problems = [...unknownKeys(policy, "policy", known), ...claimShapeProblems(policy)];
  const duration = (value: unknown, name: string): number => {
    const parsed = parseDuration(value);
    if (parsed === null) problems.push(`policy.${name} is ${describe(value)}: write a number and a unit, like "30m"`);
    if (parsed !== null && parsed > longest) {
      problems.push(`policy.${name} is ${describe(value)}: write at most "3650d"`);
    }
    return parsed ?? Number.NaN;
  };
  const tolerance = duration(policy.clockTolerance, "clockTolerance");
  if (tolerance > mostTolerance) {
    problems.push(
      `policy.clockTolerance is ${describe(policy.clockTolerance)}: write at most "10m" and synchronise the clocks; a replaced secret is accepted that much longer`,
    );
  }
  const limits = (values: unknown, prefix: string) => {
    const { idle, absolute } = isObject(values) ? values : {};
    if (prefix !== "" && isObject(values))
      problems.push(...unknownKeys(values, `policy.${prefix.slice(0, -1)}`, ["idle", "absolute"]));
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
  if (policy.remembered !== undefined) limits(policy.remembered, "remembered.");
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
    const { every, grace, ...others } = isObject(policy.renew) ? policy.renew : {};
    problems.push(...unknownKeys(others, "policy.renew", ["every", "grace"]));
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

/** What is claimed must be a claim, or its demands would go unasked. */
function claimShapeProblems({ claims, justifications }: { readonly [key: string]: unknown }): readonly string[] {
  const isClaim = isObject(claims) && typeof claims.name === "string" && Array.isArray(claims.demands);
  const areReasons =
    isObject(justifications) && Object.values(justifications).every((each) => typeof each === "string");
  return [
    ...(claims === undefined || isClaim
      ? []
      : [
          `policy.claims is ${describe(claims)}: spread a preset of sojourn/presets, like { ...pciDss4 }, or leave it out`,
        ]),
    ...(justifications === undefined || areReasons
      ? []
      : [`policy.justifications is ${describe(justifications)}: write one sentence per setting, like { idle: "..." }`]),
  ];
}
