import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type BindingOptions, type BindingShape, bindingShape } from "./binding/options.ts";
import { type Clock, systemClock } from "./core/clock.ts";
import type { Codec } from "./core/codec.ts";
import type { DataUpgrade } from "./core/data.ts";
import { type Duration, milliseconds } from "./core/duration.ts";
import { OptionsError } from "./core/errors.ts";
import type { SessionEvent } from "./core/events.ts";
import type { UserId } from "./core/ids.ts";
import { deepFreeze, isObject } from "./core/json.ts";
import type { LiveUpgrade } from "./core/live-upgrade.ts";
import { defaultPolicy, type Policy } from "./core/policy.ts";
import type { Settings } from "./core/settings.ts";
import type { Signals } from "./core/signals.ts";
import type { SessionStore } from "./core/store.ts";
import { type CookieOptions, type CookieShape, cookieShape } from "./http/cookie-options.ts";
import { claimProblems, optionProblems } from "./option-problems.ts";

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
  /** Binds sessions to their devices, where browsers can. Default: off. */
  readonly binding?: BindingOptions;
  /** What the session's data looks like: any Standard Schema, synchronous, that accepts `{}`. Run when data is written. */
  readonly schema?: StandardSchemaV1;
  /** How data of an older release of the application is read. */
  readonly upgrade?: DataUpgrade;
  /** The most JSON one session may hold, in bytes. Default 16,384. */
  readonly maxDataBytes?: number;
  /** Encrypts bodies before they reach the store. Default: none. */
  readonly codec?: Codec;
  /**
   * Tells the version of a user's credential that is in force, or `null` if there is no such user: any text that changes
   * with every change of the credential, like a counter or the time of the last change. Never a password or its hash.
   *
   * Every login must then say which version it was made with. A session of another version is refused from the next time
   * its activity is written down (`credentials-changed`); one that fails or is late is a 503. Default: nobody is asked.
   */
  readonly credentialVersionOf?: (userId: UserId) => string | null | Promise<string | null>;
  /** Told of everything worth a line in a security log. May throw or return a promise; it hurts nobody. */
  readonly onEvent?: (event: SessionEvent) => unknown;
  /** Notices a client that is not the one a session had: `clientSignals()` of `sojourn/signals`. Default: nobody looks. */
  readonly signals?: Signals;
  /** Moves the sessions of another library in as their users come back: `liveUpgrade(...)` of `sojourn/upgrade`. Default: none. */
  readonly liveUpgrade?: LiveUpgrade;
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
  /** `null` where sessions are not bound to devices. */
  readonly binding: BindingShape | null;
  /** `null` outside production where none were given. */
  readonly origins: readonly string[] | null;
  readonly schema: StandardSchemaV1 | undefined;
  readonly upgrade: DataUpgrade | undefined;
  readonly maxDataBytes: number;
  readonly codec: Codec | undefined;
  readonly credentialVersionOf: SessionManagerOptions["credentialVersionOf"];
  readonly onEvent: ((event: SessionEvent) => unknown) | undefined;
  /** `null`: off. */
  readonly signals: Signals | null;
  readonly liveUpgrade: LiveUpgrade | null;
  readonly deadlines: { readonly read: number; readonly write: number };
  readonly clock: Clock;
  readonly settings: Settings;
}

/** Checks every option once. Throws `OptionsError` with all problems together, each saying what to write instead. */
export function checkOptions(given: SessionManagerOptions): CheckedOptions {
  if (!isObject(given))
    throw new OptionsError("createSessionManager", ["options are missing: write { store: memoryStore() }"]);
  const { transport = "cookie" } = given;
  const policy = { ...defaultPolicy, ...given.policy } as Policy;
  const problems = optionProblems(given, { policy, transport });
  if (problems.length > 0) throw new OptionsError("createSessionManager", problems);

  const cookie = transport === "cookie" ? cookieShape(given.cookie ?? {}) : null;
  // A copy that nobody can change: the guard compares with it, and what was checked must stay what it was.
  const settings = structuredClone(settingsOf(given, policy, cookie));
  deepFreeze(settings);
  const deviations = claimProblems(settings);
  if (deviations.length > 0) throw new OptionsError("createSessionManager", deviations);
  return {
    store: given.store,
    policy: settings.policy,
    cookie,
    binding: bindingShape(given.binding),
    origins: given.origins ? settings.origins : null,
    schema: given.schema,
    upgrade: given.upgrade,
    maxDataBytes: given.maxDataBytes ?? 16_384,
    codec: given.codec,
    credentialVersionOf: given.credentialVersionOf,
    onEvent: given.onEvent,
    signals: given.signals ?? null,
    liveUpgrade: given.liveUpgrade ?? null,
    deadlines: {
      read: milliseconds(given.deadlines?.read ?? "2s"),
      write: milliseconds(given.deadlines?.write ?? "2s"),
    },
    clock: given.clock ?? systemClock,
    settings,
  };
}

function settingsOf(given: SessionManagerOptions, policy: Policy, cookie: CookieShape | null): Settings {
  const { name, scope, sameSite } = cookie ?? {};
  const persistent = cookie?.persistent || policy.remembered !== undefined;
  return {
    policy,
    transport: cookie
      ? ({ kind: "cookie", name, scope, sameSite, persistent } as Settings["transport"])
      : { kind: "bearer" },
    csrf: given.csrf ?? "fetch-metadata",
    binding: given.binding?.policy ?? "off",
    origins: given.origins ?? [],
    sealed: given.codec !== undefined,
    store: given.store.name,
  };
}
