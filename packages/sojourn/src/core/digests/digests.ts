/** The two primitives the engine needs, synchronous: an asynchronous digest costs more than all the rest of a request. */
export interface Digests {
  sha256(text: string): Uint8Array;
  hmacSha256(key: string, message: string): Uint8Array;
}
