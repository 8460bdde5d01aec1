import type { AuthenticatedSession, Login, Session } from "../../src/core/session.ts";
import type { OpenRequestOptions, SessionManager } from "../../src/manager.ts";
import { authenticated } from "./kinds.ts";
import { RecordedResponse } from "./recorded-response.ts";

/** A request, where it differs from a plain GET of the start page over TLS. */
export interface RequestOptions<Data extends object> extends OpenRequestOptions<Data> {
  readonly method?: string;
  readonly url?: string;
  readonly secure?: boolean;
  /** By lower-case name. */
  readonly headers?: { readonly [name: string]: string };
  readonly address?: string;
}

/** A request and its response, which the browser has not received yet. */
export interface Exchange<Data extends object> {
  readonly session: Session<Data>;
  readonly response: RecordedResponse;
  /** The response arrives: the browser keeps its cookies. Never called, it is lost. */
  deliver(): void;
}

/** A browser as the engine sees it, without HTTP: a jar of cookies, and requests that carry them. */
export class Visitor<Data extends object = Record<string, unknown>> {
  readonly jar: Map<string, string>;
  /** What the engine decided about the latest response. */
  response = new RecordedResponse();
  readonly #manager: SessionManager<Data>;

  constructor(manager: SessionManager<Data>, jar: ReadonlyMap<string, string> = new Map()) {
    this.#manager = manager;
    this.jar = jar as Map<string, string>;
  }

  /** Opens a session; each cookie set on the way is in the jar at once. */
  open(options: RequestOptions<Data> = {}): Promise<Session<Data>> {
    const response = new RecordedResponse((name, line) => this.#keep(name, line));
    this.response = response;
    return this.#send(response, options);
  }

  /** Opens a session; the response is on its way until it is delivered. */
  async request(options: RequestOptions<Data> = {}): Promise<Exchange<Data>> {
    const response = new RecordedResponse();
    const session = await this.#send(response, options);
    return {
      session,
      response,
      deliver: () => {
        for (const [name, line] of response.cookies) this.#keep(name, line);
      },
    };
  }

  /** Opens a session of which the story so far says that it is logged in. */
  async signedIn(options: RequestOptions<Data> = {}): Promise<AuthenticatedSession<Data>> {
    return authenticated(await this.open(options));
  }

  async logIn(
    id: string,
    login: Partial<Login<Data>> = {},
    options: RequestOptions<Data> = {},
  ): Promise<AuthenticatedSession<Data>> {
    const session = await this.open(options);
    return session.authenticate({ id, keep: "none", ...login });
  }

  /** The one token in the jar. */
  get token(): string {
    const [token, ...others] = this.jar.values();
    if (token === undefined || others.length > 0) throw new Error(`${this.jar.size} cookies in the jar, not one`);
    return token;
  }

  /** Puts another token in the place of the one in the jar. */
  set token(token: string) {
    for (const name of this.jar.keys()) this.jar.set(name, token);
  }

  /** Somebody else, with a copy of the jar as it is now. */
  copy(): Visitor<Data> {
    return new Visitor(this.#manager, new Map(this.jar));
  }

  /** The same browser, its requests served by another node. */
  at(manager: SessionManager<Data>): Visitor<Data> {
    return new Visitor(manager, this.jar);
  }

  #send(response: RecordedResponse, options: RequestOptions<Data>): Promise<Session<Data>> {
    const {
      method = "GET",
      url = "https://shop.example/",
      secure = true,
      headers = {},
      address = null,
      ...rest
    } = options;
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const sent: { readonly [name: string]: string } = cookie === "" ? headers : { cookie, ...headers };
    const header = (name: string) => (Object.hasOwn(sent, name) ? sent[name]! : null);
    return this.#manager.open({ method, url, secure, header, address: () => address }, response, rest);
  }

  #keep(name: string, line: string): void {
    const value = line.slice(name.length + 1).split(";")[0]!;
    if (/; Max-Age=0(;|$)/.test(line)) this.jar.delete(name);
    else this.jar.set(name, value);
  }
}
