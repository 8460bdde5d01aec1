import { type Duration, milliseconds } from "./duration.ts";
import type { Policy } from "./policy.ts";

/** A policy in milliseconds: what the pure decisions compute with. */
export interface Rules {
  readonly authenticated: Limits;
  readonly anonymous: Limits;
  /** `null`: nobody is remembered. */
  readonly remembered: Limits | null;
  readonly onIdle: Policy["onIdle"];
  /** `null`: only on a change of privilege. */
  readonly renewEvery: number | null;
  /** How long a replaced secret may still be in flight. */
  readonly grace: number;
  readonly clockTolerance: number;
  /** `Infinity` for unlimited. */
  readonly sessionsPerUser: number;
}

export interface Limits {
  readonly idle: number;
  readonly absolute: number;
  /** Activity is written down at most this often. */
  readonly touchEvery: number;
}

/** Where a policy never renews by interval, a secret replaced by a change of privilege may be in flight this long. */
const graceWithoutRenewal: Duration = "60s";

export function rulesOf(policy: Policy): Rules {
  return {
    authenticated: limitsOf(policy),
    anonymous: limitsOf(policy.anonymous),
    remembered: policy.remembered ? limitsOf(policy.remembered) : null,
    onIdle: policy.onIdle,
    renewEvery: policy.renew ? milliseconds(policy.renew.every) : null,
    grace: milliseconds(policy.renew ? policy.renew.grace : graceWithoutRenewal),
    clockTolerance: milliseconds(policy.clockTolerance),
    sessionsPerUser: policy.sessionsPerUser === "unlimited" ? Number.POSITIVE_INFINITY : policy.sessionsPerUser,
  };
}

function limitsOf(limits: { readonly idle: Duration; readonly absolute: Duration }): Limits {
  const idle = milliseconds(limits.idle);
  return { idle, absolute: milliseconds(limits.absolute), touchEvery: Math.min(60_000, idle / 15) };
}
