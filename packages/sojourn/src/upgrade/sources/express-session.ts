import type { Instant } from "../../core/clock.ts";
import { isObject } from "../../core/json.ts";
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
import { assertSource, missingCarry, storeProblems } from "./options.ts";
import { base64, hmacSignatures } from "./signatures.ts";

export interface ExpressSessionOptions {
  /** As express-session had it: one, or a list with the newest first. */
  readonly secret: string | readonly string[];
  /** Where it kept its sessions: `connectRedis(client)`, `connectPgSimple(pool)`, or your own. */
  readonly store: EarlierStore;
  /** From `req.session` as it was (with `passport`, where that was used) to what is carried over. */
  readonly carry: Carry;
  /** The cookie's name. Default `"connect.sid"`. */
  readonly name?: string;
  readonly cookie?: EarlierCookie;
  /** The source's name in events and counts. Default `"express-session"`. */
  readonly as?: string;
}

/** Sessions of express-session: a signed id in a cookie, and a row in its store. Throws `OptionsError`. */
export function expressSession(options: ExpressSessionOptions): UpgradeSource {
  const { secret, store, carry, name = "connect.sid", cookie, as = "express-session" } = options ?? {};
  assertSource("expressSession", options, ["secret", "store", "name"], () => [
    ...secretProblems(secret, "secret"),
    ...storeProblems(store),
    ...cookieProblems({ name, cookie }),
    ...missingCarry(carry),
  ]);
  const signatures = hmacSignatures("SHA-256", listOf(secret), (bytes) => base64(bytes).replace(/=+$/, ""));
  const withdraw = withdrawal([name], cookie);

  /** `s:<id>.<signature>`; the id, where the signature is ours. */
  async function idIn(value: string): Promise<string | null> {
    const signed = decoded(value);
    const dot = signed?.lastIndexOf(".") ?? -1;
    if (signed === null || !signed.startsWith("s:") || dot <= 2) return null;
    const id = signed.slice(2, dot);
    return (await signatures.isOurs(id, signed.slice(dot + 1))) ? id : null;
  }

  return Object.freeze<UpgradeSource>({
    name: as,
    async recognise(request, now) {
      const id = await readCookie(request, name, idIn);
      if (id === null || id === "ambiguous") return id;
      return {
        source: as,
        key: id,
        secret: `${id}.${await signatures.sign(id)}`,
        find: async () => standing(await store.find(id), now),
        store: { take: async () => standing(await store.take(id), now), forget: () => store.forget(id) },
        carry: carrying(carry),
        withdraw,
      };
    },
    ...(store.left && { left: store.left.bind(store) }),
  });
}

/** A row whose cookie has expired is over, whatever its store says. */
function standing(row: EarlierRow | null, now: Instant): EarlierRow | null {
  if (row === null) return null;
  const { cookie, ...data } = row.data;
  const expires = isObject(cookie) && typeof cookie.expires === "string" ? Date.parse(cookie.expires) : Number.NaN;
  return expires <= now ? null : { ...row, data };
}
