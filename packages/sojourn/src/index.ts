export type { BindingEndpoints } from "./binding/endpoints.ts";
export type { Answer } from "./binding/exchange.ts";
export type { BindingOptions } from "./binding/options.ts";
export type {
  ContainmentOrder,
  ContainmentProgress,
  ContainmentResult,
  RunOptions,
  UndoResult,
} from "./contain/contain.ts";
export type { ContainmentPreview } from "./contain/preview.ts";
export type { ContainmentQuery, TimeSpan } from "./contain/query.ts";
export type { ProofAlgorithm } from "./core/binding.ts";
export { type Clock, type Instant, systemClock } from "./core/clock.ts";
export type { Codec, SealContext } from "./core/codec.ts";
export type { CredentialsChange } from "./core/credentials.ts";
export type { DataUpgrade } from "./core/data.ts";
export type { Duration } from "./core/duration.ts";
export { OptionsError, SojournError, type SojournErrorCode } from "./core/errors.ts";
export type {
  CsrfRefusal,
  EndReason,
  MoveRefusal,
  ProofRefusal,
  RefusalReason,
  RenewalCause,
  SessionEvent,
  Side,
  WithoutDevice,
} from "./core/events.ts";
export type { SessionId, SessionToken, UserId } from "./core/ids.ts";
export type { DeepReadonly } from "./core/json.ts";
export type { Deadlines } from "./core/judge.ts";
export type { LiveUpgrade } from "./core/live-upgrade.ts";
export type { AssuranceLevel, Demand, Policy, PolicyClaim, SettingName } from "./core/policy.ts";
export type { RequestFacts, ResponseSink } from "./core/request.ts";
export type { RefQuery } from "./core/revoke.ts";
export type {
  AnonymousSession,
  AuthenticatedSession,
  Freshness,
  LockedSession,
  LockReason,
  Login,
  Session,
  SessionSummary,
  SiteData,
  UnlockProof,
} from "./core/session.ts";
export type { Settings } from "./core/settings.ts";
export type { SignalChange, Signals, StoredSignals } from "./core/signals.ts";
export type {
  IndexKey,
  PollableStore,
  ScannableStore,
  SessionStore,
  StoreChange,
  StoredSession,
  StoredUpdate,
  StorePage,
  WalkableStore,
  WatchableStore,
} from "./core/store.ts";
export { parseSessionId } from "./core/token.ts";
export type { CsrfVerdict } from "./csrf/guard.ts";
export type { CookieOptions } from "./http/cookie-options.ts";
export { localPath } from "./http/local-path.ts";
export { type EventLogger, logEvents } from "./log-events.ts";
export { createSessionManager, type OpenRequestOptions, type SessionManager } from "./manager.ts";
export type { SessionManagerOptions } from "./options.ts";
export { type BoundVerdict, requireBound } from "./step-up/require-bound.ts";
export { type FreshnessVerdict, requireFresh } from "./step-up/require-fresh.ts";
export { type Challenge, requireUser, type TurnedAway, type UserVerdict } from "./step-up/require-user.ts";
export { type SweepOptions, type SweepProgress, sweepRegularly } from "./sweep.ts";
