import { describe, describeType } from "../core/describe.ts";
import { parseDuration } from "../core/duration.ts";
import { isObject } from "../core/json.ts";
import { unknownKeys } from "../core/option-names.ts";
import { isSafeAddress } from "./address.ts";

const known = [
  ...[
    "issuer",
    "clientId",
    "keys",
    "store",
    "userIdOf",
    "algorithms",
    "requireType",
    "maxAge",
    "clockTolerance",
    "clock",
  ],
];
/** Those that every holder of a public key can make, and `none`. */
const isAsymmetric = (algorithm: unknown) => typeof algorithm === "string" && /^(RS|PS|ES|Ed)/.test(algorithm);

/** Every problem, each with what to write instead. */
export function backChannelProblems(manager: unknown, options: unknown): readonly string[] {
  if (!isObject(options)) return ["options are missing: write { issuer, clientId, keys, store }"];
  const { issuer, clientId, keys, store, userIdOf, algorithms, requireType, maxAge, clockTolerance, clock } = options;
  const durations = { maxAge, clockTolerance };
  return [
    ...(isObject(manager) && typeof manager.revokeByRef === "function"
      ? []
      : ["manager is none: write what createSessionManager returned"]),
    ...unknownKeys(options, "options", known),
    ...(isSafeAddress(issuer) && typeof issuer === "string" && !issuer.includes(" ")
      ? []
      : ["issuer must be an https address: write the provider's, exactly as its ID tokens have it"]),
    ...(typeof clientId === "string" && clientId !== ""
      ? []
      : ["clientId is missing: write the one the provider knows you by"]),
    ...(isSafeAddress(keys) || (isObject(keys) && Array.isArray(keys.keys))
      ? []
      : ["keys must be an https address or a key set: write the provider's jwks_uri"]),
    ...(isObject(store) && typeof store.find === "function" && typeof store.insert === "function"
      ? []
      : [`store is ${describeType(store)}: write the manager's`]),
    ...(userIdOf === undefined || typeof userIdOf === "function"
      ? []
      : [`userIdOf is ${describe(userIdOf)}: write a function of { issuer, sub }`]),
    ...(algorithms === undefined ||
    (Array.isArray(algorithms) && algorithms.length > 0 && algorithms.every(isAsymmetric))
      ? []
      : ['algorithms must be a list of asymmetric ones, like ["RS256", "ES256"]']),
    ...(requireType === undefined || typeof requireType === "boolean" ? [] : ["requireType must be true or false"]),
    ...Object.entries(durations).flatMap(([name, value]) =>
      value === undefined || parseDuration(value) !== null
        ? []
        : [`${name} is ${describe(value)}: write a number and a unit, like "60s"`],
    ),
    ...(clock === undefined || (isObject(clock) && typeof clock.now === "function" && typeof clock.after === "function")
      ? []
      : ["clock is incomplete: write an object with now and after, or leave it out"]),
  ];
}
