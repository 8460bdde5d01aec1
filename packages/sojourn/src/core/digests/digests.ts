/** The two primitives the engine needs, synchronous: an asynchronous digest costs more than all the rest of a request. */
export interface Digests {
  /** In base64url: nobody needs the bytes, and some runtimes write the text at once. */
  sha256(text: string): string;
  hmacSha256(key: string, message: string): Uint8Array;
}
