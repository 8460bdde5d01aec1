import type { BindingRules } from "../core/binding.ts";
import { describe } from "../core/describe.ts";
import { type Duration, milliseconds, parseDuration } from "../core/duration.ts";
import { isObject } from "../core/json.ts";
import { unknownKeys } from "../core/option-names.ts";
import { localPath } from "../http/local-path.ts";

/**
 * Binds each session to a key that never leaves its user's device (W3C Device Bound Session Credentials): beside the
 * session cookie there is a short one, which the browser can only have renewed with the key.
 */
export interface BindingOptions {
  /**
   * `"offer"`: sessions of browsers that can are bound at login; all others work as without. `"require"`: a session whose
   * device has not registered within `grace` of its login is refused. Default `"off"`.
   */
  readonly policy: "off" | "offer" | "require";
  /**
   * How long a bound cookie is good: the most that a copied cookie jar is worth. `"5m"` to `"1h"`, because browsers sign
   * six times in about nine minutes and no more (Chromium). Default `"10m"`, an engineering default.
   */
  readonly lifetime?: Duration;
  /** How long requests that set out before the browser had its bound cookie are served. `"5s"` to `"10m"`. Default `"1m"`, an engineering default. */
  readonly grace?: Duration;
  /** Where the library's two endpoints are, `<path>/register` and `<path>/refresh`. Exempt them from rate limits. Default `"/device-binding"`. */
  readonly path?: string;
}

/** The options, complete. */
export interface BindingShape {
  readonly rules: BindingRules;
  readonly registerPath: string;
  readonly refreshPath: string;
}

const limits = {
  lifetime: { from: "5m", to: "1h", example: "10m" },
  grace: { from: "5s", to: "10m", example: "1m" },
} as const;

/** The options of a manager that binds sessions; `null` where it does not. */
export function bindingShape(options: BindingOptions | undefined): BindingShape | null {
  if (options === undefined || options.policy === "off") return null;
  const { policy, lifetime = "10m", grace = "1m", path = "/device-binding" } = options;
  return {
    rules: { policy, lifetime: milliseconds(lifetime), grace: milliseconds(grace) },
    registerPath: `${path}/register`,
    refreshPath: `${path}/refresh`,
  };
}

/** Every problem of the options, each with what to write instead. `scope`: the session cookie's; `null` for bearer tokens. */
export function bindingProblems(binding: unknown, scope: unknown): readonly string[] {
  if (binding === undefined) return [];
  if (!isObject(binding)) return [`binding is ${describe(binding)}: write { policy: "offer" }, or leave it out`];
  const { policy, path } = binding;
  const problems = [...unknownKeys(binding, "binding", ["policy", "lifetime", "grace", "path"])];
  if (policy !== "off" && policy !== "offer" && policy !== "require") {
    problems.push(`binding.policy is ${describe(policy)}: write "off", "offer" or "require"`);
  }
  for (const name of ["lifetime", "grace"] as const) {
    const { from, to, example } = limits[name];
    const length = binding[name] === undefined ? milliseconds(example) : parseDuration(binding[name]);
    if (length === null || length < milliseconds(from) || length > milliseconds(to)) {
      problems.push(`binding.${name} is ${describe(binding[name])}: write a duration from "${from}" to "${to}"`);
    }
  }
  if (path !== undefined && !isPath(path)) {
    problems.push(
      `binding.path is ${describe(path)}: write a path without query and final slash, like "/device-binding"`,
    );
  }
  if (policy === "offer" || policy === "require") problems.push(...scopeProblems(scope));
  return problems;
}

function isPath(path: unknown): boolean {
  return typeof path === "string" && /^(?:\/[\w.~-]+)+$/.test(path) && localPath(path) === path;
}

/** Why what else a cookie may be cannot be bound. */
const reasons: { readonly [scope: string]: string } = {
  path: "the browser would refresh before every request to another path of this host",
  embedded: "browsers refuse to bind partitioned cookies",
  insecure: "browsers bind over https alone",
};

function scopeProblems(scope: unknown): readonly string[] {
  if (scope === "host" || scope === "site") return [];
  if (scope === null) return ["binding needs a cookie: leave it out with the bearer transport"];
  const why = typeof scope === "string" && Object.hasOwn(reasons, scope) ? reasons[scope] : "nobody knows that one";
  return [`binding does not go with cookie.scope ${describe(scope)}: ${why}; write "host" or "site"`];
}
