import { isObject } from "../../core/json.ts";
import type { RequestFacts } from "../../core/request.ts";
import type { Carry, UpgradeSource } from "../earlier.ts";
import { carrying } from "./carry.ts";
import { cookieProblems, decoded, type EarlierCookie, readCookie, withdrawal } from "./cookies.ts";
import { assertSource, missingCarry } from "./options.ts";

export interface IronSessionOptions {
  /**
   * Opens a seal, by iron-session's own `unsealData(seal, { password, ttl })`: with the passwords and the `ttl` of then.
   * An empty object: it is not valid, or over.
   */
  readonly unseal: (seal: string) => Promise<object>;
  /** The `cookieName` of then. */
  readonly name: string;
  /** From the session's data to what is carried over. */
  readonly carry: Carry;
  readonly cookie?: EarlierCookie;
  /** The source's name in events and counts. Default `"iron-session"`. */
  readonly as?: string;
}

/** iron-session splits a long seal over at most so many cookies. */
const chunksAtMost = 4;

/**
 * Sessions of iron-session: the data sealed in a cookie, or in several. No store knows of them, so neither does anybody
 * know that one was logged out: a copy was good for its `ttl`, and is good once until `until`. Throws `OptionsError`.
 */
export function ironSession(options: IronSessionOptions): UpgradeSource {
  const { unseal, carry, name, cookie, as = "iron-session" } = options ?? {};
  assertSource("ironSession", options, ["unseal", "name"], () => [
    ...(typeof unseal === "function"
      ? []
      : ["unseal must be a function: write (seal) => unsealData(seal, { password })"]),
    ...cookieProblems({ name, cookie }),
    ...missingCarry(carry),
  ]);
  const chunks = Array.from({ length: chunksAtMost }, (_, at) => `${name}.${at}`);

  async function opened(value: string): Promise<{ readonly text: string; readonly data: object } | null> {
    const seal = decoded(value);
    const text = seal && authenticated(seal);
    if (!seal || text === null) return null;
    const data = await unseal(seal);
    return isObject(data) && Object.keys(data).length > 0 ? { text, data } : null;
  }

  return Object.freeze<UpgradeSource>({
    name: as,
    async recognise(request) {
      const whole = await readCookie(request, name, opened);
      const found = whole ?? (await chunked(request, chunks, opened));
      if (found === null || found === "ambiguous") return found;
      const data = found.data as { readonly [name: string]: unknown };
      return {
        source: as,
        key: found.text,
        secret: found.text,
        find: async () => ({ data }),
        store: null,
        carry: carrying(carry),
        // Chunks only where they are: each line of a response is a line.
        withdraw: withdrawal(whole ? [name] : chunks, cookie),
      };
    },
  });
}

/**
 * The part of a seal that its HMAC covers. What follows, the HMAC's salt and itself, and the version that iron-session adds,
 * can be spelt in other ways: whoever has a copy would otherwise have as many.
 */
function authenticated(seal: string): string | null {
  const parts = seal.split("*");
  return parts.length === 8 && seal.startsWith("Fe26.") ? parts.slice(0, 6).join("*") : null;
}

async function chunked<Read>(
  request: RequestFacts,
  names: readonly string[],
  read: (value: string) => Promise<Read | null>,
): Promise<Read | "ambiguous" | null> {
  let seal = "";
  for (const name of names) {
    const part = await readCookie(request, name, async (value) => value);
    if (part === "ambiguous") return part;
    if (part === null) break;
    seal += part;
  }
  return seal === "" ? null : read(seal);
}
