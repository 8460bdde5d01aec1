import type { Answer } from "../../src/binding/exchange.ts";
import type { AuthenticatedSession } from "../../src/core/session.ts";
import type { SessionManager } from "../../src/manager.ts";
import { RecordedResponse } from "../support/recorded-response.ts";
import { Visitor } from "../support/visitor.ts";
import { type Device, newDevice } from "./device.ts";

const origin = "https://shop.example";

/** What came of a request of device binding. */
export interface BindingAnswer extends Answer {
  readonly response: RecordedResponse;
}

/** A browser that can bind sessions, as the engine sees it. */
export class BindingBrowser extends Visitor {
  /** The challenge it would sign next. */
  challenge: string | null = null;
  #device: Device | null = null;
  readonly #served: SessionManager<Record<string, unknown>>;

  constructor(manager: SessionManager<Record<string, unknown>>, jar?: ReadonlyMap<string, string>) {
    super(manager, jar);
    this.#served = manager;
  }

  /** Its key; made when it is first asked for. */
  async device(): Promise<Device> {
    this.#device ??= await newDevice();
    return this.#device;
  }

  /** Logs in, and holds the challenge of the offer. */
  async offered(userId: string): Promise<AuthenticatedSession<Record<string, unknown>>> {
    const session = await this.logIn(userId);
    const offer = this.response.headers.get("Secure-Session-Registration") ?? "";
    this.challenge =
      /^\(ES256 RS256\);path="\/device-binding\/register";challenge="([\w-]{22})"$/.exec(offer)?.[1] ?? null;
    return session;
  }

  /** Logs in and registers: bound, as soon as it has refreshed for the first time. */
  async registered(userId: string): Promise<AuthenticatedSession<Record<string, unknown>>> {
    const session = await this.offered(userId);
    await this.register(await (await this.device()).registration(this.challenge ?? ""));
    return session;
  }

  /** Logs in, registers and refreshes. */
  async bound(userId: string): Promise<AuthenticatedSession<Record<string, unknown>>> {
    const session = await this.registered(userId);
    await this.refresh(session.id);
    return session;
  }

  register(proof: string | null, headers: Readonly<Record<string, string>> = {}): Promise<BindingAnswer> {
    return this.ask("/device-binding/register", { ...proofHeader(proof), ...headers });
  }

  /** A refresh with a proof of the challenge at hand, as a browser makes it. */
  async refresh(id: string): Promise<BindingAnswer> {
    return this.refreshWith(id, await (await this.device()).proof(this.challenge ?? ""));
  }

  refreshWith(id: string, proof: string | null): Promise<BindingAnswer> {
    return this.ask("/device-binding/refresh", { ...proofHeader(proof), "sec-secure-session-id": id });
  }

  async ask(path: string, more: Readonly<Record<string, string>>, method = "POST"): Promise<BindingAnswer> {
    const response = new RecordedResponse((name, line) => {
      const value = line.slice(name.length + 1).split(";")[0] ?? "";
      if (/; Max-Age=0(;|$)/.test(line)) this.jar.delete(name);
      else this.jar.set(name, value);
    });
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers: Readonly<Record<string, string>> = cookie === "" ? more : { cookie, ...more };
    const header = (name: string) => headers[name] ?? null;
    const answer = await this.#served.binding?.answer({ method, url: origin + path, secure: true, header }, response);
    if (!answer) throw new Error(`Nobody answered ${method} ${path}`);
    const next = answer.headers["Secure-Session-Challenge"];
    if (next !== undefined) this.challenge = /^"([^"]+)";id="[\w-]{22}"$/.exec(next)?.[1] ?? null;
    return { ...answer, response };
  }

  /** The bound cookie runs out in the browser. */
  loseBoundCookie(): void {
    this.jar.delete("__Host-id-bound");
  }

  /** Everything but the key. */
  override copy(): BindingBrowser {
    return new BindingBrowser(this.#served, new Map(this.jar));
  }
}

function proofHeader(proof: string | null): Readonly<Record<string, string>> {
  return proof === null ? {} : { "secure-session-response": proof };
}
