import type { StandardSchemaV1 } from "@standard-schema/spec";
import { bindingProblems } from "./binding/options.ts";
import { describe, describeType } from "./core/describe.ts";
import { deviationsFrom } from "./core/deviations.ts";
import { parseDuration } from "./core/duration.ts";
import { isObject } from "./core/json.ts";
import { insteadOf, namesBeside, unknownKeys } from "./core/option-names.ts";
import type { Policy } from "./core/policy.ts";
import { policyProblems } from "./core/policy-checks.ts";
import type { Settings } from "./core/settings.ts";
import { cookieProblems } from "./http/cookie-checks.ts";
import { isLoopback } from "./http/loopback.ts";
import type { SessionManagerOptions } from "./options.ts";

const verbs = ["insert", "find", "update", "remove", "idsOf", "removeExpired"] as const;
const known = [
  ...["store", "policy", "cookie", "transport", "origins", "csrf", "binding", "schema", "upgrade", "maxDataBytes"],
  ...["codec", "credentialVersionOf", "onEvent", "signals", "liveUpgrade", "deadlines", "clock"],
];

/** Every problem of the options, each with what to write instead. `policy` and `transport`: the given ones over the defaults. */
export function optionProblems(
  given: SessionManagerOptions,
  { policy, transport }: { readonly policy: Policy; readonly transport: unknown },
): readonly string[] {
  const isProduction = globalThis.process?.env?.NODE_ENV === "production";
  return [
    ...namesBeside(known, given).map((key) => `${key} is not an option: ${insteadOf(key, known)}`),
    ...storeProblems(given.store),
    ...(given.policy === undefined || isObject(given.policy)
      ? policyProblems({ ...policy })
      : [`policy is ${describe(given.policy)}: write an object`]),
    ...transportProblems(given, transport, isProduction),
    ...originProblems(given, transport, isProduction),
    ...bindingProblems(given.binding, transport === "bearer" ? null : (given.cookie?.scope ?? "host")),
    ...dataProblems(given),
    ...partProblems(given),
    ...liveUpgradeProblems(given.liveUpgrade, transport),
    ...deadlineProblems(given.deadlines),
  ];
}

/** A policy weaker than the standard it claims, where no reason is given. */
export function claimProblems(settings: Settings): readonly string[] {
  const { claims, justifications = {} } = settings.policy;
  if (!claims) return [];
  return deviationsFrom(claims, settings)
    .filter(({ setting }) => !justifications[setting]?.trim())
    .map(
      ({ setting, source, demanded, actual }) =>
        `policy claims ${claims.name}, which demands ${setting} ${demanded} (${source}), and ${setting} is ${actual}: change it, or say why in policy.justifications["${setting}"]`,
    );
}

function storeProblems(store: unknown): readonly string[] {
  if (!isObject(store))
    return [`store is ${describeType(store)}: write memoryStore(), sqliteStore(db) or another SessionStore`];
  const missing = verbs.filter((verb) => typeof store[verb] !== "function");
  return [
    ...(typeof store.name === "string"
      ? []
      : ["store.name is missing: a SessionStore says its name for error messages"]),
    ...(missing.length === 0
      ? []
      : [`store lacks ${missing.join(", ")}: write memoryStore(), sqliteStore(db) or another SessionStore`]),
  ];
}

function transportProblems(given: SessionManagerOptions, transport: unknown, isProduction: boolean): readonly string[] {
  if (transport !== "cookie" && transport !== "bearer")
    return [`transport is ${describe(transport)}: write "cookie" or "bearer"`];
  if (transport === "cookie") return given.cookie === undefined ? [] : cookieProblems(given.cookie, { isProduction });
  return given.cookie === undefined
    ? []
    : ["cookie does not go with the bearer transport: leave it out, or build a second manager"];
}

function originProblems(given: SessionManagerOptions, transport: unknown, isProduction: boolean): readonly string[] {
  const { origins } = given;
  if (origins === undefined) {
    if (!isProduction || transport === "bearer") return [];
    return ['origins is required in production: write the application\'s own origins, like ["https://shop.example"]'];
  }
  if (!Array.isArray(origins) || origins.length === 0)
    return [`origins is ${describe(origins)}: write a list like ["https://shop.example"]`];
  return origins.flatMap((origin) => {
    if (!isOrigin(origin))
      return [
        `origins holds ${describe(origin)}: write scheme and host, and nothing after them, like "https://shop.example"`,
      ];
    const isPlain = origin.startsWith("http:") && !isLoopback(origin) && given.cookie?.scope !== "insecure";
    return isPlain ? [`origins holds ${describe(origin)}: sessions need https; write "https:${origin.slice(5)}"`] : [];
  });
}

function isOrigin(origin: unknown): origin is string {
  return (
    typeof origin === "string" && /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin
  );
}

function dataProblems({ schema, upgrade, maxDataBytes }: SessionManagerOptions): readonly string[] {
  const problems: string[] = [];
  if (schema !== undefined) problems.push(...schemaProblems(schema));
  if (
    upgrade !== undefined &&
    !(
      isObject(upgrade) &&
      Number.isSafeInteger(upgrade.version) &&
      upgrade.version >= 1 &&
      typeof upgrade.step === "function"
    )
  ) {
    problems.push("upgrade is incomplete: write { version: 1, step: (data, from) => newData }");
  } else if (upgrade !== undefined) {
    problems.push(...unknownKeys({ ...upgrade }, "upgrade", ["version", "step"]));
  }
  if (
    maxDataBytes !== undefined &&
    !(Number.isSafeInteger(maxDataBytes) && maxDataBytes >= 2 && maxDataBytes <= 1_048_576)
  ) {
    problems.push(`maxDataBytes is ${describe(maxDataBytes)}: write a whole number from 2 to 1048576`);
  }
  return problems;
}

function schemaProblems(schema: StandardSchemaV1): readonly string[] {
  const validate = schema?.["~standard"]?.validate;
  if (typeof validate !== "function")
    return ["schema is not a Standard Schema: pass one of zod, valibot, arktype or another that implements it"];
  try {
    const result = schema["~standard"].validate({});
    if (result instanceof Promise) {
      result.catch(() => {});
      return ["schema is asynchronous: session data needs a synchronous one"];
    }
    return result.issues
      ? ["schema does not accept {}: a new session has no data, so make every key optional or give it a default"]
      : [];
  } catch {
    return ["schema threw at {}: a new session has no data, so make every key optional or give it a default"];
  }
}

function partProblems({
  codec,
  clock,
  onEvent,
  csrf,
  credentialVersionOf,
  signals,
}: SessionManagerOptions): readonly string[] {
  const problems: string[] = [];
  if (codec !== undefined && !(typeof codec?.seal === "function" && typeof codec.open === "function")) {
    problems.push("codec is incomplete: write aesGcmCodec({ keys }) or an object with seal and open");
  }
  if (clock !== undefined && !(typeof clock?.now === "function" && typeof clock.after === "function")) {
    problems.push("clock is incomplete: write an object with now and after, or leave it out");
  }
  if (onEvent !== undefined && typeof onEvent !== "function")
    problems.push(`onEvent is ${describe(onEvent)}: write a function`);
  if (signals !== undefined && typeof signals?.watch !== "function") {
    problems.push(`signals is ${describe(signals)}: write clientSignals() of sojourn/signals, or leave it out`);
  }
  if (credentialVersionOf !== undefined && typeof credentialVersionOf !== "function")
    problems.push(`credentialVersionOf is ${describe(credentialVersionOf)}: write a function of a user id`);
  if (csrf !== undefined && csrf !== "fetch-metadata" && csrf !== "token") {
    problems.push(`csrf is ${describe(csrf)}: write "fetch-metadata" or "token"`);
  }
  return problems;
}

function liveUpgradeProblems(given: unknown, transport: unknown): readonly string[] {
  if (given === undefined) return [];
  if (!isObject(given) || typeof given.sessionFor !== "function")
    return [
      `liveUpgrade is ${describe(given)}: write liveUpgrade({ sources, until }) of sojourn/upgrade, or leave it out`,
    ];
  return transport === "bearer" ? ["liveUpgrade sets a cookie: leave it out where the transport is bearer"] : [];
}

function deadlineProblems(deadlines: unknown): readonly string[] {
  if (deadlines === undefined) return [];
  if (!isObject(deadlines)) return [`deadlines is ${describe(deadlines)}: write { read: "2s", write: "2s" }`];
  const keys = ["read", "write"];
  const wrong = keys.filter((key) => deadlines[key] !== undefined && !parseDuration(deadlines[key]));
  return [
    ...unknownKeys(deadlines, "deadlines", keys),
    ...wrong.map((key) => `deadlines.${key} is ${describe(deadlines[key])}: write a number and a unit, like "2s"`),
  ];
}
