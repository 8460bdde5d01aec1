import type { Instant } from "../core/clock.ts";
import { isInstant } from "../core/clock.ts";
import type { NewSession } from "../core/create.ts";
import type { MoveRefusal } from "../core/events.ts";
import { isObject } from "../core/json.ts";
import { assertLogin } from "../core/login-checks.ts";
import { assertNames } from "../core/option-names.ts";
import type { Visit } from "../core/visit.ts";
import type { Carried } from "./earlier.ts";

/** A session that is about to be made of an earlier one. */
export interface Moving {
  readonly session: NewSession;
  readonly startedAt: Instant;
}

const names = ["userId", "data", "startedAt", "level", "methods", "persistent", "credentialVersion", "ref", "label"];

/**
 * What becomes of what was carried over, or why nothing may. Throws a `TypeError` for what cannot be a session's, and
 * `ERR_DATA_INVALID` or `ERR_DATA_TOO_LARGE` for its data.
 */
export async function movingOf<Data extends object>(
  carried: Carried,
  source: string,
  visit: Visit<Data>,
): Promise<Moving | MoveRefusal> {
  const { engine } = visit;
  assertCarried(carried, source, visit);
  const { userId, data = {}, level = "aal1", persistent, methods, credentialVersion, label, ref } = carried;
  const now = engine.clock.now();
  const startedAt = Math.min(carried.startedAt ?? now, now);
  const limits = (persistent && engine.rules.remembered) || engine.rules.authenticated;
  if (now >= startedAt + limits.absolute) return "absolute";
  if (engine.credentialVersionOf && (await engine.credentialVersionOf(userId)) !== credentialVersion)
    return "credentials-changed";
  const session = {
    ...engine.data.checked(data, { dataVersion: engine.data.version }),
    level,
    loginOrder: now,
    userId,
    ref: ref ?? null,
    ...(label !== undefined && { label }),
    ...(engine.signals && { signals: engine.signals.of(visit.request).signals }),
    ...(methods !== undefined && { methods: [...methods] }),
    ...(persistent && { remembered: true as const }),
    ...(credentialVersion !== undefined && { credentialVersion }),
  };
  // No offer to bind a device: nobody has proved who they are, and whoever copied the earlier cookie would bind theirs.
  return { session, startedAt };
}

/** Before 1973, in milliseconds: seconds were meant, as tokens count. Everybody's session would long be over. */
export function isInSeconds(instant: Instant): boolean {
  return instant > 0 && instant < 100_000_000_000;
}

function assertCarried<Data extends object>(carried: Carried, source: string, { engine }: Visit<Data>): void {
  const where = `carry of ${source}`;
  if (!isObject(carried)) throw new TypeError(`${where} returned no session: write { userId, data }, or null`);
  assertNames(carried, names, where);
  const { userId: id, data, startedAt, ...rest } = carried;
  if (data !== undefined && !isObject(data)) throw new TypeError(`${where}({ data }): write an object`);
  if (startedAt !== undefined && (!isInstant(startedAt) || isInSeconds(startedAt)))
    throw new TypeError(`${where}({ startedAt }): write milliseconds since 1970, and of a token iat * 1000`);
  try {
    assertLogin({ ...rest, id, keep: "none" }, engine);
  } catch (error) {
    const { message } = error as Error;
    throw new TypeError(`${where}: ${message.replace("authenticate({ id })", "userId")}`, { cause: error });
  }
}
