import { fromBase64url, toBase64url } from "../core/base64url.ts";
import type { Codec, SealContext } from "../core/codec.ts";
import { OptionsError, SojournError } from "../core/errors.ts";

/** A key that seals bodies, and the name under which rows refer to it. */
export interface SealingKey {
  /** 1 to 32 letters, digits, "-" or "_". Never reuse a name for another key. */
  readonly id: string;
  /** 32 bytes from a CSPRNG, as bytes or as base64url. Keep it where the database's backups are not. */
  readonly secret: Uint8Array | string;
}

export interface AesGcmCodecOptions {
  /** The first seals; all of them open. To rotate: add the new key at the end everywhere, then move it to the front, then drop the old one after the absolute timeout. */
  readonly keys: readonly SealingKey[];
  /** `true`: rows written before sealing was switched on are still read. Switch it off after the absolute timeout. Default `false`. */
  readonly acceptUnsealed?: boolean;
}

type CryptoKey = Awaited<ReturnType<typeof globalThis.crypto.subtle.importKey>>;

const ivBytes = 12;
const format = /^~([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]+)$/;
/** How every body begins that is not sealed: with the number of its format. */
const unsealedFormat = /^\d/;

/**
 * Seals bodies with AES-256-GCM, under a key of their own per session (HKDF-SHA-256 of the sealing key and the id), tied
 * to the row and its version (OSM-06). Throws `OptionsError` for keys that cannot be used.
 */
export function aesGcmCodec({ keys, acceptUnsealed = false }: AesGcmCodecOptions): Codec {
  const ring = importRing(keys);
  const [first] = ring.keys();
  return {
    async seal(body, context) {
      const iv = globalThis.crypto.getRandomValues(new Uint8Array(ivBytes));
      const key = await sessionKey((await ring.get(first as string)) as CryptoKey, context);
      const sealed = await globalThis.crypto.subtle.encrypt(parameters(iv, context), key, encoder.encode(body));
      const bytes = new Uint8Array(ivBytes + sealed.byteLength);
      bytes.set(iv);
      bytes.set(new Uint8Array(sealed), ivBytes);
      return `~${first}.${toBase64url(bytes)}`;
    },
    keyOf: (sealed) => format.exec(sealed)?.[1] ?? null,
    async open(sealed, context) {
      const [, id, text] = format.exec(sealed) ?? [];
      if (id === undefined || text === undefined) {
        if (acceptUnsealed && unsealedFormat.test(sealed)) return sealed;
        throw unreadable("it is not sealed");
      }
      const material = ring.get(id);
      const bytes = fromBase64url(text);
      if (!material || !bytes || bytes.length <= ivBytes)
        throw unreadable(material ? "it is damaged" : `there is no key "${id}"`);
      const key = await sessionKey(await material, context);
      try {
        const opened = await globalThis.crypto.subtle.decrypt(
          parameters(bytes.subarray(0, ivBytes), context),
          key,
          bytes.subarray(ivBytes),
        );
        return new TextDecoder().decode(opened);
      } catch (cause) {
        throw unreadable("it is damaged, or belongs to another row", cause);
      }
    },
  };
}

const encoder = new TextEncoder();

/** As JSON, which quotes every part: no two contexts have the same bytes. */
function associatedData({ id, userId, ref, version }: SealContext): Uint8Array<ArrayBuffer> {
  return encoder.encode(JSON.stringify(["sojourn body", id, userId, ref, version]));
}

function parameters(iv: Uint8Array<ArrayBuffer>, context: SealContext) {
  return { name: "AES-GCM", iv, additionalData: associatedData(context) };
}

function sessionKey(material: CryptoKey, { id }: SealContext): Promise<CryptoKey> {
  const derivation = { name: "HKDF", hash: "SHA-256", salt: encoder.encode(id), info: encoder.encode("sojourn body") };
  return globalThis.crypto.subtle.deriveKey(derivation, material, { name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
}

function importRing(keys: readonly SealingKey[]): ReadonlyMap<string, Promise<CryptoKey>> {
  const problems: string[] = [];
  const ring = new Map<string, Promise<CryptoKey>>();
  if (!Array.isArray(keys) || keys.length === 0) problems.push("keys is empty: write at least one { id, secret }");
  for (const [at, { id, secret }] of (Array.isArray(keys) ? keys : []).entries()) {
    const bytes =
      typeof secret === "string" ? fromBase64url(secret) : secret instanceof Uint8Array ? new Uint8Array(secret) : null;
    if (typeof id !== "string" || !/^[A-Za-z0-9_-]{1,32}$/.test(id)) {
      problems.push(`keys[${at}].id cannot be used: write 1 to 32 letters, digits, "-" or "_"`);
    } else if (ring.has(id)) {
      problems.push(`keys[${at}].id "${id}" is there twice: every key has its own`);
    } else if (bytes?.length !== 32) {
      problems.push(
        `keys[${at}].secret is not 32 bytes: draw it once with crypto.getRandomValues and keep it as base64url`,
      );
    } else {
      ring.set(id, globalThis.crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]));
    }
  }
  if (problems.length > 0) throw new OptionsError("aesGcmCodec", problems);
  return ring;
}

function unreadable(why: string, cause?: unknown): SojournError {
  return new SojournError("ERR_BODY_UNREADABLE", `A stored session cannot be opened: ${why}`, { cause });
}
