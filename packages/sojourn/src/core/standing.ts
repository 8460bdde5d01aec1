import { admit } from "./assess.ts";
import { type DeviceBinding, isBound } from "./binding.ts";
import type { Clock, Instant } from "./clock.ts";
import { isCredentialInForce } from "./credentials.ts";
import type { RefusalReason } from "./events.ts";
import type { SessionId } from "./ids.ts";
import { deadlines, limitsFor, needsTouch, touchDueAt } from "./judge.ts";
import type { SessionRecord } from "./record.ts";
import type { Presented } from "./renewal.ts";
import type { RequestFacts } from "./request.ts";
import type { Found } from "./storage.ts";
import type { SessionStore } from "./store.ts";
import { idOf, lineageHash, type SecretHash, secretHash } from "./token.ts";
import type { Engine } from "./visit.ts";
import { writeDown } from "./write-down.ts";

/*
 * A connection that stays open is as good as the request it was opened with: it stands as long as that request would be
 * served again. Asking changes nothing and ends nothing: the one secret a connection knows gets old without anybody
 * having stolen it.
 */

/** What a request came with, as hashes: enough to judge it again and again, and nothing to be let in with. */
export interface Credentials {
  readonly sessionId: SessionId;
  readonly presented: Presented;
  /** Its bound cookies. */
  readonly shown: readonly SecretHash[];
}

/** Whether a request would be served now; `until`: ask again then at the latest, also where nothing was heard. */
export type StandingVerdict =
  | { readonly served: true; readonly until: Instant }
  | { readonly served: false; readonly because: Exclude<RefusalReason, "none"> | "locked" };

/** A session as one read of the store found it. */
export interface Look {
  /** 0 where it is gone. */
  readonly version: number;
  /** From when on activity is worth writing down. */
  readonly touchDueAt: Instant;
  /** What it makes of a request with these credentials. */
  of(credentials: Credentials): StandingVerdict;
}

/** What `sojourn/connections` asks of a manager. */
export interface Standing {
  readonly store: SessionStore;
  readonly clock: Clock;
  /** Of a request that was served; `null` where it carries no token. */
  credentialsOf(request: RequestFacts): Credentials | null;
  /** Reads fresh. Throws `ERR_STORE_UNAVAILABLE`. */
  look(id: SessionId): Promise<Look>;
  /** The same, and where a request with these would be served writes down that its user was active, if that is due. */
  touch(credentials: Credentials): Promise<Look>;
}

export function standingOf(engine: Engine, store: SessionStore): Standing {
  const { storage, clock, rules, transport, binding } = engine;

  function verdictOn(found: Found, credentials: Credentials): StandingVerdict {
    if (found === null) return { served: false, because: "unknown" };
    if (found === "corrupt") return { served: false, because: "corrupt" };
    const now = clock.now();
    const device = binding && { rules: binding.rules, shown: () => credentials.shown };
    const admission = admit(found.record, credentials.presented, { now, rules, device });
    if (admission.kind === "refused") return { served: false, because: admission.because };
    if (admission.kind === "locked") return { served: false, because: "locked" };
    const points = [...turningPoints(found.record, engine), credentialDueAt(found.record, now, engine)];
    return { served: true, until: Math.min(...points.filter((instant) => instant > now)) };
  }

  function lookAt(found: Found): Look {
    const isThere = found !== null && found !== "corrupt";
    return {
      version: isThere ? found.row.version : 0,
      touchDueAt: isThere ? touchDueAt(found.record, rules) : Number.POSITIVE_INFINITY,
      of: (credentials) => verdictOn(found, credentials),
    };
  }

  const find = async (id: SessionId) => storage.find(id, { fresh: true });

  /** As a request does, about once a minute: whether the user's credential is still the one of the session. */
  async function looked(found: Found): Promise<Look> {
    const look = lookAt(found);
    if (found === null || found === "corrupt" || (await isCredentialInForce(found, engine))) return look;
    return { ...look, of: () => ({ served: false, because: "credentials-changed" }) };
  }

  return Object.freeze<Standing>({
    store,
    clock,
    credentialsOf(request) {
      const carried = transport.read(request);
      if (carried.kind !== "token") return null;
      const { token } = carried;
      // At once, so that no connection keeps the token itself.
      const lineage = lineageHash(token);
      const presented = { hash: secretHash(token), lineage: () => lineage };
      return { sessionId: idOf(token), presented, shown: binding?.shownBy(request) ?? [] };
    },
    look: async (id) => looked(await find(id)),
    async touch(credentials) {
      const found = await find(credentials.sessionId);
      const now = clock.now();
      const isServed = verdictOn(found, credentials).served;
      if (!isServed || found === null || found === "corrupt" || !needsTouch(found.record, now, rules))
        return lookAt(found);
      const look = await looked(found);
      if (!look.of(credentials).served) return look;
      const written = await writeDown({ ...found.record, lastSeenAt: now }, found, { engine, quiet: true });
      return lookAt(written ?? found);
    },
  });
}

/** The instants at which a verdict on a session may turn by time alone. */
function turningPoints(record: SessionRecord, { rules, binding }: Engine): readonly Instant[] {
  const { idle, absolute } = deadlines(record, rules);
  const replaced = record.previous ? [record.previous.until + rules.clockTolerance] : [];
  if (!binding) return [idle, absolute, ...replaced];
  const { grace } = binding.rules;
  const device = isBound(record.binding) ? pointsOf(record.binding, grace) : [];
  return [idle, absolute, ...replaced, record.startedAt + grace, ...device];
}

/** When a request in the connection's place would have asked about the user's credential next. */
function credentialDueAt(record: SessionRecord, now: Instant, { rules, credentialVersionOf }: Engine): Instant {
  if (credentialVersionOf === null) return Number.POSITIVE_INFINITY;
  const dueAt = touchDueAt(record, rules);
  return dueAt > now ? dueAt : now + limitsFor(record, rules).touchEvery;
}

function pointsOf({ cookies, confirmedAt }: DeviceBinding, grace: number): readonly Instant[] {
  return [...cookies.map(({ until }) => until), (confirmedAt ?? 0) + grace];
}
