import type { StandardSchemaV1 } from "@standard-schema/spec";
import { cookieBinding } from "./binding/cookie-binding.ts";
import { type BindingEndpoints, bindingEndpoints } from "./binding/endpoints.ts";
import {
  type ContainmentOrder,
  type ContainmentResult,
  contain,
  type RunOptions,
  type UndoResult,
  undo,
} from "./contain/contain.ts";
import { type ContainmentPreview, preview } from "./contain/preview.ts";
import type { ContainmentQuery } from "./contain/query.ts";
import { type CredentialsChange, changeCredentials } from "./core/credentials.ts";
import { createDataRules } from "./core/data.ts";
import { createEmitter } from "./core/events.ts";
import type { SessionId, UserId } from "./core/ids.ts";
import { assertName } from "./core/login-checks.ts";
import { type OpenOptions, openSession } from "./core/open.ts";
import { systemRandom } from "./core/random.ts";
import type { RequestFacts, ResponseSink } from "./core/request.ts";
import { type RefQuery, revokeByRef, revokeOwned, revokeSessions } from "./core/revoke.ts";
import { rulesOf } from "./core/rules.ts";
import type { Session, SessionSummary } from "./core/session.ts";
import { markPrivilegesChanged, summariesOf } from "./core/sessions-of.ts";
import type { Settings } from "./core/settings.ts";
import { type Standing, standingOf } from "./core/standing.ts";
import { answerWithin, createStorage } from "./core/storage.ts";
import { removeExpired } from "./core/sweep.ts";
import type { Engine } from "./core/visit.ts";
import { type CsrfVerdict, checkCsrf, isForeign } from "./csrf/guard.ts";
import { bearerTransport } from "./http/bearer-transport.ts";
import { cookieTransport } from "./http/cookie-transport.ts";
import { checkOptions, type SessionManagerOptions } from "./options.ts";

/** The sessions of one application. Frozen; does nothing by itself: no timers, no background work. */
export interface SessionManager<Data extends object> {
  /**
   * Reads the request, decides, and hands back the session. At most one store read; seldom a write; none at all for a
   * visitor without a token. Throws `ERR_STORE_UNAVAILABLE` (503) if the store does not answer: that is not "signed out".
   */
  open(request: RequestFacts, sink: ResponseSink, options?: OpenRequestOptions<Data>): Promise<Session<Data>>;
  /** Whether a request that changes something comes from the application's own pages. Ask before acting on it. */
  checkCsrf(request: RequestFacts, session: Session<Data>, options?: { readonly token?: string | null }): CsrfVerdict;
  /** The user's sessions that are not over, the last used first: for "your devices" (ASVS 7.5.2, OSM-39). */
  list(userId: UserId): Promise<readonly SessionSummary[]>;
  /**
   * Ends one session from outside it; `false` if there is no such session of that owner. Ids are public, so the owner is
   * always said. Throws `ERR_STORE_UNAVAILABLE` or `ERR_STORE_UNCONFIRMED` unless the store confirmed.
   */
  revoke(which: { readonly id: SessionId; readonly of: { readonly userId: UserId } | "any user" }): Promise<boolean>;
  /** Ends all sessions of a user, and returns how many (ASVS 7.4.2, 7.4.3, 7.4.5). Throws as `revoke` does. */
  revokeAll(userId: UserId): Promise<number>;
  /**
   * Ends the sessions whose login had this `ref`, or those of a user whose `ref` is of this issuer, and returns how many:
   * for logout from an identity provider (`sojourn/oidc`). Throws as `revoke` does.
   */
  revokeByRef(which: RefQuery): Promise<number>;
  /**
   * After a change of role or permissions from outside: each of the user's sessions draws a new secret at its next
   * request, and the old one is refused once the browser has shown the new one. Returns how many sessions that concerns.
   */
  privilegesChanged(userId: UserId): Promise<number>;
  /**
   * After a change of the user's password or another credential: the sessions named in `keep` go on with the new version
   * and a new secret, all others end (ASVS 7.4.3). Returns how many ended. Throws as `revoke` does; call it again then.
   */
  credentialsChanged(userId: UserId, change: CredentialsChange): Promise<number>;
  /**
   * What locking or ending the sessions of `query` would do now: counts and samples. Changes nothing. Throws `TypeError`
   * for what is no query, `ERR_STORE_UNAVAILABLE`.
   */
  contain(query: ContainmentQuery, options: RunOptions & { readonly preview: true }): Promise<ContainmentPreview>;
  /**
   * Locks or ends the sessions of `query`, a batch after the other; every one is tried. Each is judged by compare-and-set at
   * the moment of its change, and none comes back that ended meanwhile. Stopped or failed, it is called again with the same
   * name and goes on. Throws what the store threw, after the rest, as `revoke` does.
   */
  contain(query: ContainmentQuery, order: ContainmentOrder): Promise<ContainmentResult>;
  /**
   * Releases the sessions that the containment `name` locked, of one user if so told, and that are still locked: as they
   * were, but for the time that has passed. Throws as `contain` does.
   */
  undoContainment(name: string, options?: RunOptions & { readonly userId?: UserId }): Promise<UndoResult>;
  /** One bounded pass of garbage collection (default at most 1,000 rows); returns how many were removed. Run it from cron. */
  sweep(limit?: number): Promise<number>;
  /** What device binding answers by itself, for adapters; `null` where sessions are not bound. */
  readonly binding: BindingEndpoints | null;
  /** Whether a request would still be served: what `sojourn/connections` asks, again and again. */
  readonly standing: Standing;
  /** What this manager was built with: facts for a report, no secrets. */
  readonly settings: Settings;
}

export interface OpenRequestOptions<Data extends object> extends OpenOptions {
  /** Told when a login, an unlock or a logout puts another session in this request's place. For adapters. */
  readonly onReplaced?: (session: Session<Data>) => void;
}

/** The data a schema describes. */
type DataOf<Schema extends StandardSchemaV1> = Extract<StandardSchemaV1.InferOutput<Schema>, object>;

/**
 * Builds the sessions of an application. Every option is checked here, once; throws `OptionsError` with all problems.
 * With a `schema`, session data has its type; without one, say the type: `createSessionManager<{ cart: string[] }>(...)`.
 */
export function createSessionManager<Schema extends StandardSchemaV1>(
  options: SessionManagerOptions & { readonly schema: Schema },
): SessionManager<DataOf<Schema>>;
export function createSessionManager<Data extends object = Record<string, unknown>>(
  options: SessionManagerOptions & { readonly schema?: never },
): SessionManager<Data>;
export function createSessionManager<Data extends object>(options: SessionManagerOptions): SessionManager<Data> {
  const checked = checkOptions(options);
  const { clock, cookie, origins, settings } = checked;
  const binding = cookie && checked.binding && cookieBinding(cookie, checked.binding);
  const rules = rulesOf(checked.policy);
  const { credentialVersionOf } = checked;
  const data = createDataRules(checked);
  const emit = createEmitter(checked.onEvent, clock.now);
  const engine: Engine = {
    storage: createStorage({ ...checked, rules, data }),
    clock,
    random: systemRandom,
    rules,
    data,
    transport: cookie ? cookieTransport(cookie) : bearerTransport(),
    credentialVersionOf: credentialVersionOf
      ? async (userId) => {
          const call = async () => credentialVersionOf(userId);
          const question = { clock, who: "application", operation: "credentialVersionOf", call };
          return answerWithin(checked.deadlines.read, question);
        }
      : null,
    binding,
    emit,
    signals: checked.signals?.watch(emit) ?? null,
    liveUpgrade: checked.liveUpgrade,
    patience: 5 * checked.deadlines.write,
  };
  const originRules = { transport: settings.transport.kind, origins };
  return Object.freeze({
    open(
      request: RequestFacts,
      sink: ResponseSink,
      { onReplaced = () => {}, activity = true }: OpenRequestOptions<Data> = {},
    ) {
      // What another site sends in the user's name keeps no session awake.
      const isActivity = activity && !isForeign(request, originRules);
      return openSession<Data>({ engine, request, sink, replaced: onReplaced }, { activity: isActivity });
    },
    checkCsrf(
      request: RequestFacts,
      session: Session<Data>,
      { token = null }: { readonly token?: string | null } = {},
    ) {
      const verdict = checkCsrf(request, session, { ...originRules, mode: settings.csrf, token });
      if (!verdict.allowed) {
        const { because } = verdict;
        engine.emit({
          type: "csrf_refused",
          severity: "warning",
          because,
          method: request.method,
          sessionId: session.id,
        });
      }
      return verdict;
    },
    async list(userId: UserId) {
      assertName(userId, "list(userId)");
      return summariesOf(userId, engine);
    },
    revoke: (which: { readonly id: SessionId; readonly of: { readonly userId: UserId } | "any user" }) =>
      revokeOwned(which, engine),
    async revokeAll(userId: UserId) {
      assertName(userId, "revokeAll(userId)");
      return revokeSessions({ userId, reason: "revoked-all" }, engine);
    },
    revokeByRef: (which: RefQuery) => revokeByRef(which, engine),
    async privilegesChanged(userId: UserId) {
      assertName(userId, "privilegesChanged(userId)");
      return markPrivilegesChanged(userId, engine);
    },
    credentialsChanged: (userId: UserId, change: CredentialsChange) => changeCredentials(userId, change, engine),
    contain: containing(engine),
    undoContainment: (name: string, options = {}) => undo(name, options, engine),
    async sweep(limit = 1_000) {
      if (!Number.isSafeInteger(limit) || limit < 1) throw new TypeError("sweep(limit): write a whole number from 1");
      return removeExpired(limit, engine);
    },
    binding:
      binding &&
      checked.binding &&
      bindingEndpoints(engine, binding, { shape: checked.binding, origins: origins ?? [] }),
    standing: standingOf(engine, checked.store),
    settings,
  });
}

/** One call of two: a preview is an order without anything to do. */
function containing(engine: Engine): SessionManager<object>["contain"] {
  return ((query: ContainmentQuery, given: ContainmentOrder | (RunOptions & { readonly preview: true })) => {
    if (!("preview" in given)) return contain(query, given, engine);
    const { preview: _preview, ...options } = given;
    return preview(query, options, engine);
  }) as SessionManager<object>["contain"];
}
