import { createHash, randomBytes } from "node:crypto";
import type { Flaws } from "./flaws.ts";

export interface Session {
  token: string;
  user: string | null;
  readonly createdAt: number;
  usedAt: number;
  readonly csrf: string;
  running: number;
  /** How many of its pages are being opened. */
  opening: number;
  /** When the user last proved who they are. */
  provedAt: number;
  count: number;
  hasVoucher: boolean;
}

/** How long, in milliseconds, and how many: what the notes application declares. */
export const declared = {
  idle: 15 * 60_000,
  absolute: 2 * 3_600_000,
  fresh: 5 * 60_000,
  perUser: 8,
  maxAge: 5 * 60_000,
};

/** The sessions of the notes application, in memory; each flaw is one line. */
export class Sessions {
  readonly #flaws: Flaws;
  readonly #byToken = new Map<string, Session>();
  readonly #issued: string[] = [];
  readonly disabled = new Set<string>();
  /** Called with every session that ends. */
  onEnd: (session: Session) => void = () => {};
  /** What the test's clock is ahead. */
  ahead = 0;

  constructor(flaws: Flaws) {
    this.#flaws = flaws;
  }

  now(): number {
    return Date.now() + this.ahead;
  }

  create(user: string | null, token = this.#newToken(user), from?: Partial<Session>): Session {
    const session = {
      csrf: randomBytes(16).toString("hex"),
      createdAt: this.now(),
      provedAt: this.now(),
      count: 0,
      hasVoucher: true,
      ...from,
      token,
      user,
      usedAt: this.now(),
      running: 0,
      opening: 0,
    };
    this.#byToken.set(token, session);
    if (user !== null) this.give(session, user);
    return session;
  }

  /** Signs a user in to a session; the oldest of too many ends. */
  give(session: Session, user: string): void {
    session.user = user;
    const own = this.of(user).filter((each) => each !== session);
    if (own.length >= declared.perUser && !this.#flaws.has("X-CONC-02")) this.#byToken.delete(own[0]?.token ?? "");
  }

  /** The same session with a new token. */
  renew(session: Session, changes: Partial<Session> = {}): Session {
    this.end(session);
    return this.create(session.user, undefined, { ...session, ...changes });
  }

  find(token: string): Session | null {
    const session = this.#flaws.has("X-TOK-05")
      ? [...this.#byToken.values()].find((each) => each.token.toLowerCase() === token.toLowerCase())
      : this.#byToken.get(token);
    if (!session || (this.disabled.has(session.user ?? "") && !this.#flaws.has("X-END-09"))) return null;
    const now = this.now();
    const isIdle = now - session.usedAt > declared.idle && !this.#flaws.has("X-TIME-01");
    const isOld = now - session.createdAt > declared.absolute && !this.#flaws.has("X-TIME-02");
    const isForgotten =
      this.#flaws.has("short cookie") && now - session.createdAt > declared.maxAge && !this.#flaws.has("X-TIME-03");
    if (isIdle || isOld || isForgotten) {
      this.#byToken.delete(session.token);
      return null;
    }
    session.usedAt = now;
    return session;
  }

  has({ token }: Session): boolean {
    return this.#byToken.has(token);
  }

  /** Writes a session whether or not it is still there: what no store should do. */
  upsert(session: Session): void {
    this.#byToken.set(session.token, session);
  }

  end(session: Session): void {
    this.#byToken.delete(session.token);
    this.onEnd(session);
  }

  of(user: string): readonly Session[] {
    return [...this.#byToken.values()].filter((each) => each.user === user);
  }

  accepts(csrf: string | null, session: Session): boolean {
    if (this.#flaws.has("X-CSRF-01")) return true;
    if (this.#flaws.has("X-CSRF-02")) return [...this.#byToken.values()].some((each) => each.csrf === csrf);
    if (this.#flaws.has("X-CSRF-03") && csrf === "") return true;
    return csrf === session.csrf;
  }

  #newToken(user: string | null): string {
    const count = this.#issued.length;
    let token = randomBytes(32).toString("base64url");
    if (this.#flaws.has("X-TOK-01")) token = createHash("md5").update(token).digest("hex").slice(0, 15);
    if (this.#flaws.has("X-TOK-02") && user && count % 2 === 0) token = this.#issued.at(-20) ?? token;
    if (this.#flaws.has("X-TOK-03"))
      token = (0x0600_0000 + count * 0x1_0101).toString(16).padStart(8, "0") + randomBytes(15).toString("hex");
    if (this.#flaws.has("X-TOK-04") && user) token = `${Buffer.from(user).toString("base64url")}.${token}`;
    if (user) this.#issued.push(token);
    return token;
  }
}
