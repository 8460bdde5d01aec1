import type { Binding } from "./binding.ts";
import type { Clock } from "./clock.ts";
import type { DataRules } from "./data.ts";
import { SojournError } from "./errors.ts";
import type { EmitEvent, RefusalReason } from "./events.ts";
import type { SessionId, SessionToken, UserId } from "./ids.ts";
import type { LiveUpgrade } from "./live-upgrade.ts";
import type { RandomSource } from "./random.ts";
import type { SessionRecord } from "./record.ts";
import type { RequestFacts, ResponseSink } from "./request.ts";
import type { Rules } from "./rules.ts";
import type { Session } from "./session.ts";
import type { SignalWatch } from "./signals.ts";
import type { Loaded, Storage } from "./storage.ts";
import type { Transport } from "./transport.ts";

/** What one manager is made of. */
export interface Engine {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly rules: Rules;
  readonly data: DataRules;
  readonly transport: Transport;
  /** As the options have it, within the read deadline. */
  readonly credentialVersionOf: ((userId: UserId) => Promise<string | null>) | null;
  /** `null` where sessions are not bound to devices. */
  readonly binding: Binding | null;
  readonly emit: EmitEvent;
  /** `null`: nobody looks at clients. */
  readonly signals: SignalWatch | null;
  /** `null`: no earlier session is looked for. */
  readonly liveUpgrade: LiveUpgrade | null;
  /** As `Writing` has it. */
  readonly patience: number;
}

/** One request at the engine. */
export interface Visit<Data extends object> {
  readonly engine: Engine;
  readonly request: RequestFacts;
  readonly sink: ResponseSink;
  /** Draws the token of a session that this request starts, where its id must be known before. Each call draws another. */
  readonly draw?: () => SessionToken;
  /** Told when a login, an unlock or a logout puts another session in this request's place. */
  replaced(session: Session<Data>): void;
}

/** A stored session and the token this request holds for it. */
export interface Held {
  readonly loaded: Loaded;
  readonly token: SessionToken;
  /** Whether this request showed the session's device. */
  readonly isBound: boolean;
}

/** A refusal, and the session it was about where the token proved to be that session's: a replaced or timed-out one. */
export interface Refused {
  readonly because: RefusalReason;
  readonly session: { readonly sessionId: SessionId; readonly userId: UserId | null } | null;
  /** What the token named where the store has no such session: a logout has it confirmed that it is gone. */
  readonly missing: SessionId | null;
  /** A token of a session that stands, replaced or without its device: what its CSRF tokens are made from. */
  readonly token: SessionToken | null;
}

/** What a handle knows. Shared by the functions that act for it, never visible on the handle itself. */
export interface HandleState {
  /** `null` until something is stored. */
  held: Held | null;
  /** What a logout must still deal with where this request's token was refused. */
  readonly refused: Refused | null;
  /** What the user had proved when this handle's secret was last known to be in force. */
  rights: Pick<SessionRecord, "level" | "proofs"> | null;
  /** What its login found out, where this very request logged in. */
  readonly newDevice: boolean | null;
  /** The secret that a step of this very request is putting in force: known before the store has answered. */
  drawn: SessionToken | null;
  /** While the session of an anonymous visitor is being stored for the first time. */
  creation: Promise<void> | null;
  /** Set once the handle's session is over or has become another one. */
  spent: SojournError | null;
}

/** What a handle knows at first. */
export function stateOf(held: Held | null, refused: Refused | null, newDevice: boolean | null = null): HandleState {
  const rights = held?.loaded.record ?? null;
  // Written out: a session is made with every request.
  return { held, refused, rights, newDevice, drawn: null, creation: null, spent: null };
}

/** The state of a handle somebody is, or was, signed in with. */
export type SignedInState = HandleState & { held: Held; rights: Pick<SessionRecord, "level" | "proofs"> };

/** Throws why the handle can no longer be used, if it cannot. */
export function assertUsable(state: HandleState): void {
  if (state.spent) throw state.spent;
}

/** What the handle holds, once it is known: a session that is being created counts. */
export async function heldBy(state: HandleState): Promise<Held | null> {
  assertUsable(state);
  if (state.creation) await state.creation;
  assertUsable(state);
  return state.held;
}

/** Throws `ERR_RESPONSE_SENT` where a cookie could not be set any more: asked before anything is written. */
export function assertWritable(sink: ResponseSink): void {
  if (sink.writable) return;
  const { instead = "the response's headers are already sent: call it before writing to the response" } = sink;
  throw new SojournError("ERR_RESPONSE_SENT", `This needs to set a cookie, but ${instead}`);
}
