import type { SessionId, UserId } from "./ids.ts";

/** What a sealed body is tied to, so that it cannot be moved to another row or another version of its row. */
export interface SealContext {
  readonly id: SessionId;
  readonly userId: UserId | null;
  readonly ref: string | null;
  readonly version: number;
}

/** Encrypts bodies at rest. `open` throws, with any error, for a body that it did not seal. */
export interface Codec {
  seal(body: string, context: SealContext): string | Promise<string>;
  open(sealed: string, context: SealContext): string | Promise<string>;
}
