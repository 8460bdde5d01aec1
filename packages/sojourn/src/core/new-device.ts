import type { Login } from "./session.ts";
import { standingSessionsOf } from "./standing-sessions.ts";
import type { Loaded } from "./storage.ts";
import type { Engine } from "./visit.ts";

/** The user's standing sessions, before a login adds one; read only where something is made of them. */
export async function othersOf<Data extends object>(login: Login<Data>, engine: Engine): Promise<readonly Loaded[]> {
  const isAsked = login.label !== undefined || Number.isFinite(engine.rules.sessionsPerUser);
  return isAsked ? standingSessionsOf(login.id, engine) : [];
}

/** Whether none of the user's other sessions is on a device like this one; `null` where there is nothing to compare. */
export function isNewDevice<Data extends object>(login: Login<Data>, others: readonly Loaded[]): boolean | null {
  if (login.label === undefined || others.length === 0) return null;
  return others.every(({ record }) => record.label !== login.label);
}
