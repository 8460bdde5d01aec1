import type { SessionId, UserId } from "./ids.ts";

/** What a sealed body is tied to, so that it cannot be moved to another row or another version of its row. */
export interface SealContext {
  readonly id: SessionId;
  readonly userId: UserId | null;
  readonly ref: string | null;
  readonly version: number;
}

/**
 * Encrypts bodies at rest. `open` throws a `SojournError` with `ERR_BODY_UNREADABLE` for a body that it did not seal: that
 * row is corrupt. Any other error, or no answer within the read deadline, means that the keys cannot be reached: 503.
 */
export interface Codec {
  seal(body: string, context: SealContext): string | Promise<string>;
  open(sealed: string, context: SealContext): string | Promise<string>;
  /** The name of the key that `sealed` is under, so that its sessions can be contained; `null` if it is not sealed. */
  keyOf?(sealed: string): string | null;
}
