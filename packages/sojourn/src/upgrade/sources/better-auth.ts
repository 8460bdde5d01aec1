import type { Carry, EarlierRow, EarlierStore, UpgradeSource } from "../earlier.ts";
import { carrying } from "./carry.ts";
import {
  cookieProblems,
  decoded,
  type EarlierCookie,
  listOf,
  readCookie,
  secretProblems,
  withdrawal,
} from "./cookies.ts";
import { assertSource, storeProblems } from "./options.ts";
import { base64, hmacSignatures } from "./signatures.ts";

export interface BetterAuthOptions {
  /** Its `secret` (`BETTER_AUTH_SECRET`): one, or a list with the newest first. */
  readonly secret: string | readonly string[];
  /** Its table: `betterAuthTable(pool)`. */
  readonly store: EarlierStore;
  /** From its row to what is carried over. Default: the user id, and nothing else. */
  readonly carry?: Carry;
  /** Its `cookiePrefix`. Default `"better-auth"`. */
  readonly prefix?: string;
  readonly cookie?: EarlierCookie;
  /** The source's name in events and counts. Default `"better-auth"`. */
  readonly as?: string;
}

/** Sessions of better-auth: a signed token in a cookie, and a row in its table. Throws `OptionsError`. */
export function betterAuth(options: BetterAuthOptions): UpgradeSource {
  const { secret, store, carry = userOf, prefix = "better-auth", cookie, as = "better-auth" } = options ?? {};
  assertSource("betterAuth", options, ["secret", "store", "prefix"], () => [
    ...secretProblems(secret, "secret"),
    ...storeProblems(store),
    ...cookieProblems({ name: prefix, cookie }),
  ]);
  const signatures = hmacSignatures("SHA-256", listOf(secret), base64);

  async function tokenIn(value: string): Promise<string | null> {
    const signed = decoded(value);
    const dot = signed?.lastIndexOf(".") ?? -1;
    if (signed === null || dot < 1) return null;
    const token = signed.slice(0, dot);
    return (await signatures.isOurs(token, signed.slice(dot + 1))) ? token : null;
  }

  return Object.freeze<UpgradeSource>({
    name: as,
    async recognise(request) {
      // Over https its cookies have a prefix that over http they cannot have.
      for (const scheme of ["__Secure-", ""]) {
        const cookieOf = (name: string) => `${scheme}${prefix}.${name}`;
        const token = await readCookie(request, cookieOf("session_token"), tokenIn);
        if (token === null) continue;
        if (token === "ambiguous") return token;
        return {
          source: as,
          key: token,
          secret: `${token}.${await signatures.sign(token)}`,
          find: () => store.find(token),
          store: { take: () => store.take(token), forget: () => store.forget(token) },
          carry: carrying(carry),
          withdraw: withdrawal(["session_token", "session_data", "dont_remember"].map(cookieOf), cookie),
        };
      }
      return null;
    },
    ...(store.left && { left: store.left.bind(store) }),
  });
}

function userOf({ userId }: EarlierRow["data"]) {
  return typeof userId === "string" ? { userId } : null;
}
