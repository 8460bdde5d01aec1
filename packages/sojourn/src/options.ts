import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type Clock, systemClock } from "./core/clock.ts";
import type { Codec } from "./core/codec.ts";
import type { DataUpgrade } from "./core/data.ts";
import { deviationsFrom } from "./core/deviations.ts";
import { type Duration, milliseconds, parseDuration } from "./core/duration.ts";
import { OptionsError } from "./core/errors.ts";
import type { SessionEvent } from "./core/events.ts";
import { isObject } from "./core/json.ts";
import { defaultPolicy, type Policy } from "./core/policy.ts";
import { describe, policyProblems } from "./core/policy-checks.ts";
import type { Settings } from "./core/settings.ts";
import type { SessionStore } from "./core/store.ts";
import { cookieProblems } from "./http/cookie-checks.ts";
import { type CookieOptions, type CookieShape, cookieShape } from "./http/cookie-options.ts";
import { isLoopback } from "./http/loopback.ts";

/** What a session manager is built from. Everything but `store` has a default. */
export interface SessionManagerOptions {
  /** Where sessions are kept. */
  readonly store: SessionStore;
  /** The rules of time and number; what is left out is OWASP's (30 minutes, 8 hours). Spread a preset to claim it. */
  readonly policy?: Partial<Policy>;
  /** How the cookie is set. Default: `__Host-Http-id; Secure; HttpOnly; SameSite=Lax; Path=/`, gone with the browser. */
  readonly cookie?: CookieOptions;
  /** `"bearer"`: for native clients only. A manager has one transport; for both kinds of client, build two. Default `"cookie"`. */
  readonly transport?: "cookie" | "bearer";
  /**
   * The application's own origins, like `["https://shop.example"]`: required in production, and the only thing a request's
   * `Origin` is ever compared with.
   */
  readonly origins?: readonly string[];
  /** `"token"`: beside Fetch Metadata and Origin, a CSRF token in every request that changes something (N63B-26). Default `"fetch-metadata"`. */
  readonly csrf?: "fetch-metadata" | "token";
  /** What the session's data looks like: any Standard Schema, synchronous, that accepts `{}`. Run when data is written. */
  readonly schema?: StandardSchemaV1;
  /** How data of an older release of the application is read. */
  readonly upgrade?: DataUpgrade;
  /** The most JSON one session may hold, in bytes. Default 16,384. */
  readonly maxDataBytes?: number;
  /** Encrypts bodies before they reach the store. Default: none. */
  readonly codec?: Codec;
  /** Told of everything worth a line in a security log. May throw or return a promise; it hurts nobody. */
  readonly onEvent?: (event: SessionEvent) => unknown;
  /** How long the store may take to answer before the request fails with 503. Default 2 s each. */
  readonly deadlines?: { readonly read?: Duration; readonly write?: Duration };
  /** Where time comes from. Default: the machine's clock. */
  readonly clock?: Clock;
}

/** The options, complete and known to fit together. */
export interface CheckedOptions {
  readonly store: SessionStore;
  readonly policy: Policy;
  /** `null` for the bearer transport. */
  readonly cookie: CookieShape | null;
  /** `null` outside production where none were given. */
  readonly origins: readonly string[] | null;
  readonly schema: StandardSchemaV1 | undefined;
  readonly upgrade: DataUpgrade | undefined;
  readonly maxDataBytes: number;
  readonly codec: Codec | undefined;
  readonly onEvent: ((event: SessionEvent) => unknown) | undefined;
  readonly deadlines: { readonly read: number; readonly write: number };
  readonly clock: Clock;
  readonly settings: Settings;
}

const verbs = ["insert", "find", "update", "remove", "idsOf", "removeExpired"] as const;
const known = [
  ...["store", "policy", "cookie", "transport", "origins", "csrf", "schema", "upgrade", "maxDataBytes", "codec"],
  ...["onEvent", "deadlines", "clock"],
];

/** Checks every option once. Throws `OptionsError` with all problems together, each saying what to write instead. */
export function checkOptions(given: SessionManagerOptions): CheckedOptions {
  if (!isObject(given))
    throw new OptionsError("createSessionManager", ["options are missing: write { store: memoryStore() }"]);
  const isProduction = globalThis.process?.env?.NODE_ENV === "production";
  const transport = given.transport ?? "cookie";
  const policy = { ...defaultPolicy, ...given.policy } as Policy;
  const problems = [
    ...unknownKeys(given),
    ...storeProblems(given.store),
    ...(given.policy === undefined || isObject(given.policy)
      ? policyProblems({ ...policy })
      : [`policy is ${describe(given.policy)}: write an object`]),
    ...transportProblems(given, transport, isProduction),
    ...originProblems(given, transport, isProduction),
    ...dataProblems(given),
    ...partProblems(given),
  ];
  if (problems.length > 0) throw new OptionsError("createSessionManager", problems);

  const cookie = transport === "cookie" ? cookieShape(given.cookie ?? {}) : null;
  const settings = settingsOf(given, policy, cookie);
  const deviations = claimProblems(settings);
  if (deviations.length > 0) throw new OptionsError("createSessionManager", deviations);
  return {
    store: given.store,
    policy,
    cookie,
    origins: given.origins ?? null,
    schema: given.schema,
    upgrade: given.upgrade,
    maxDataBytes: given.maxDataBytes ?? 16_384,
    codec: given.codec,
    onEvent: given.onEvent,
    deadlines: {
      read: milliseconds(given.deadlines?.read ?? "2s"),
      write: milliseconds(given.deadlines?.write ?? "2s"),
    },
    clock: given.clock ?? systemClock,
    settings,
  };
}

function settingsOf(given: SessionManagerOptions, policy: Policy, cookie: CookieShape | null): Settings {
  const { name, scope, sameSite, persistent } = cookie ?? {};
  return {
    policy,
    transport: cookie
      ? ({ kind: "cookie", name, scope, sameSite, persistent } as Settings["transport"])
      : { kind: "bearer" },
    csrf: given.csrf ?? "fetch-metadata",
    origins: given.origins ?? [],
    sealed: given.codec !== undefined,
    store: given.store.name,
  };
}

function unknownKeys(given: SessionManagerOptions): readonly string[] {
  return Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => `${key} is not an option: there are ${known.join(", ")}`);
}

function storeProblems(store: unknown): readonly string[] {
  if (!isObject(store))
    return [`store is ${describe(store)}: write memoryStore(), sqliteStore(db) or another SessionStore`];
  const missing = verbs.filter((verb) => typeof store[verb] !== "function");
  if (typeof store.name !== "string") return ["store.name is missing: a SessionStore says its name for error messages"];
  return missing.length === 0
    ? []
    : [`store lacks ${missing.join(", ")}: write memoryStore(), sqliteStore(db) or another SessionStore`];
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
  return typeof origin === "string" && URL.canParse(origin) && new URL(origin).origin === origin && origin !== "null";
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

function partProblems({ codec, clock, onEvent, deadlines = {}, csrf }: SessionManagerOptions): readonly string[] {
  const problems: string[] = [];
  if (codec !== undefined && !(typeof codec?.seal === "function" && typeof codec.open === "function")) {
    problems.push("codec is incomplete: write aesGcmCodec({ keys }) or an object with seal and open");
  }
  if (clock !== undefined && !(typeof clock?.now === "function" && typeof clock.after === "function")) {
    problems.push("clock is incomplete: write an object with now and after, or leave it out");
  }
  if (onEvent !== undefined && typeof onEvent !== "function")
    problems.push(`onEvent is ${describe(onEvent)}: write a function`);
  if (csrf !== undefined && csrf !== "fetch-metadata" && csrf !== "token") {
    problems.push(`csrf is ${describe(csrf)}: write "fetch-metadata" or "token"`);
  }
  for (const key of ["read", "write"] as const) {
    const value = deadlines[key];
    if (value !== undefined && !parseDuration(value))
      problems.push(`deadlines.${key} is ${describe(value)}: write a number and a unit, like "2s"`);
  }
  return problems;
}

/** A policy weaker than the standard it claims, where no reason is given. */
function claimProblems(settings: Settings): readonly string[] {
  const { claims, justifications = {} } = settings.policy;
  if (!claims) return [];
  return deviationsFrom(claims, settings)
    .filter(({ setting }) => !justifications[setting]?.trim())
    .map(
      ({ setting, source, demanded, actual }) =>
        `policy claims ${claims.name}, which demands ${setting} ${demanded} (${source}), and ${setting} is ${actual}: change it, or say why in policy.justifications["${setting}"]`,
    );
}
