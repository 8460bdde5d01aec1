import type { IncomingMessage, ServerResponse } from "node:http";
import { cookieOf, cookiesOf } from "./answers.ts";
import type { Flaws } from "./flaws.ts";
import { declared, type Session, type Sessions } from "./sessions.ts";
import { SignedTokens } from "./signed-token.ts";

/** The cookie of the notes application: each flaw is one line. */
export class SessionCookie {
  readonly name: string;
  readonly #flaws: Flaws;
  readonly #signed: SignedTokens;

  constructor(flaws: Flaws, sessions: Sessions) {
    const isPlain = flaws.has("plain name") || flaws.has("X-COOK-04");
    this.name = flaws.has("X-COOK-10") ? "connect.sid" : isPlain ? "id" : "__Host-id";
    this.#flaws = flaws;
    this.#signed = new SignedTokens(flaws, () => sessions.now());
  }

  /** The token that a request has; empty if none. */
  tokenOf(request: IncomingMessage, url: URL): string {
    const isTwice = cookiesOf(request, this.name).length > 1 && !this.#flaws.has("X-FIX-05");
    const sent = isTwice ? null : cookieOf(request, this.name);
    const value = sent ?? (this.#flaws.has("X-CRED-06") ? url.searchParams.get(this.name) : null) ?? "";
    return this.#flaws.has("signed token") ? this.#signed.sessionIn(value) : value;
  }

  give(response: ServerResponse, { token }: Session): void {
    const value = this.#flaws.has("signed token") ? this.#signed.of(token) : token;
    const short = this.#flaws.has("short cookie") ? declared.maxAge / 1_000 : null;
    const age = this.#flaws.has("X-COOK-06") ? 30 * 86_400 : short;
    const lasting = age ? `; Max-Age=${age}` : "";
    response.appendHeader("Set-Cookie", `${this.name}=${value}; ${this.#attributes()}${lasting}`);
  }

  remove(response: ServerResponse): void {
    response.appendHeader("Set-Cookie", `${this.name}=; Max-Age=0; ${this.#attributes()}`);
  }

  #attributes(): string {
    const flaws = this.#flaws;
    const parts = [
      "Path=/",
      !flaws.has("X-COOK-01") && "Secure",
      !flaws.has("X-COOK-02") && "HttpOnly",
      !flaws.has("X-COOK-03") && `SameSite=${flaws.has("SameSite=None") ? "None" : "Lax"}`,
      flaws.has("X-COOK-05") && "Domain=notes.localhost",
    ];
    return parts.filter(Boolean).join("; ");
  }
}
