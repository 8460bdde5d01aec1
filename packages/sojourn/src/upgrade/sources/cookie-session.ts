import { isObject } from "../../core/json.ts";
import { valuesToVerify } from "../../http/read-cookie.ts";
import type { Carry, UpgradeSource } from "../earlier.ts";
import { carrying } from "./carry.ts";
import { cookieProblems, type EarlierCookie, readCookie, secretProblems, withdrawal } from "./cookies.ts";
import { assertSource, missingCarry } from "./options.ts";
import { base64, hmacSignatures, type Signatures } from "./signatures.ts";

/** A Keygrip of your own: for other algorithms than its default. */
export interface Keygrip {
  sign(text: string): string;
  verify(text: string, signature: string): boolean;
}

export interface CookieSessionOptions {
  /** As cookie-session had them, the newest first; or your own `Keygrip`. */
  readonly keys: readonly string[] | Keygrip;
  /** From `req.session` as it was to what is carried over. */
  readonly carry: Carry;
  /** The cookie's name; its signature is under the same with `.sig`. Default `"session"`. */
  readonly name?: string;
  readonly cookie?: EarlierCookie;
  /** The source's name in events and counts. Default `"cookie-session"`. */
  readonly as?: string;
}

/**
 * Sessions of cookie-session: the data itself in a cookie, its signature in another. No store knows of them, so neither
 * does anybody know that one was logged out: a copy of its cookie was good for ever, and is good once until `until`.
 * Throws `OptionsError`.
 */
export function cookieSession(options: CookieSessionOptions): UpgradeSource {
  const { keys, carry, name = "session", cookie, as = "cookie-session" } = options ?? {};
  assertSource("cookieSession", options, ["keys", "name"], () => [
    ...(isKeygrip(keys) ? [] : secretProblems(keys, "keys")),
    ...cookieProblems({ name, cookie }),
    ...missingCarry(carry),
  ]);
  const signatures = isKeygrip(keys) ? keygripSignatures(keys) : hmacSignatures("SHA-1", keys, urlSafe);
  const withdraw = withdrawal([name, `${name}.sig`], cookie);

  /** What was signed, where one of the signatures `given` is ours. */
  async function signedIn(value: string, given: readonly string[]): Promise<string | null> {
    const text = `${name}=${value}`;
    const right = await Promise.all(given.map((signature) => signatures.isOurs(text, signature)));
    return right.includes(true) ? text : null;
  }

  return Object.freeze<UpgradeSource>({
    name: as,
    async recognise(request) {
      const given = valuesToVerify(request.header("cookie") ?? "", `${name}.sig`);
      if (given === null) return "ambiguous";
      const text = await readCookie(request, name, (value) => signedIn(value, given));
      if (text === null || text === "ambiguous") return text;
      const data = dataIn(text.slice(name.length + 1));
      return {
        source: as,
        key: text,
        secret: `${text};${await signatures.sign(text)}`,
        find: async () => data && { data },
        store: null,
        carry: carrying(carry),
        withdraw,
      };
    },
  });
}

function dataIn(value: string): { readonly [name: string]: unknown } | null {
  try {
    const bytes = Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
    const data: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isObject(data) ? data : null;
  } catch {
    return null;
  }
}

function isKeygrip(keys: unknown): keys is Keygrip {
  return isObject(keys) && typeof keys.sign === "function" && typeof keys.verify === "function";
}

function keygripSignatures(keygrip: Keygrip): Signatures {
  return {
    isOurs: async (text, signature) => keygrip.verify(text, signature),
    sign: async (text) => keygrip.sign(text),
  };
}

function urlSafe(bytes: Uint8Array): string {
  return base64(bytes).replaceAll("/", "_").replaceAll("+", "-").replaceAll("=", "");
}
