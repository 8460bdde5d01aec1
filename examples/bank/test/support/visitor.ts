import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import type { OpenBank } from "./open-bank.ts";

/** What came back: the status, where it leads, and the page. */
export interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly headers: Headers;
  readonly text: string;
  readonly heading: string | undefined;
}

export interface SendOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent in place of the token of the page last seen. */
  readonly token?: string;
}

/** Somebody at a plain HTTP client: keeps the one cookie and the page last seen, and follows nothing by itself. */
export class Visitor {
  cookie: string | null = null;
  /** The anti-forgery token of the page last seen. */
  token = "";
  readonly #url: string;

  constructor({ url }: Pick<OpenBank, "url">) {
    this.#url = url;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.#send(path, { headers });
  }

  post(path: string, fields: Readonly<Record<string, string>> = {}, options: SendOptions = {}): Promise<Answer> {
    const body = new URLSearchParams({ _csrf: options.token ?? this.token, ...fields });
    return this.#send(path, { method: "POST", body, headers: { origin: this.#url, ...options.headers } });
  }

  /** Sends a form except its last byte, and waits with that for `finish`. */
  async postSlowly(path: string, fields: Readonly<Record<string, string>>): Promise<{ finish(): Promise<string> }> {
    const { hostname, port, host, origin } = new URL(this.#url);
    const body = new URLSearchParams({ _csrf: this.token, ...fields }).toString();
    const head = [
      `POST ${path} HTTP/1.1`,
      `Host: ${host}`,
      "User-Agent: node",
      `Origin: ${origin}`,
      `Cookie: ${this.cookie}`,
      "Content-Type: application/x-www-form-urlencoded",
      `Content-Length: ${body.length}`,
      "Connection: close",
    ];
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, "connect");
    socket.write(`${head.join("\r\n")}\r\n\r\n${body.slice(0, -1)}`);
    return {
      finish: () => {
        socket.write(body.slice(-1));
        return text(socket);
      },
    };
  }

  /** The same browser profile copied: what somebody has who copied the cookie. */
  copy(): Visitor {
    const copy = new Visitor({ url: this.#url });
    copy.cookie = this.cookie;
    copy.token = this.token;
    return copy;
  }

  async #send(path: string, init: RequestInit & { headers: Record<string, string> }): Promise<Answer> {
    const headers = { accept: "text/html", ...(this.cookie && { cookie: this.cookie }), ...init.headers };
    const response = await fetch(`${this.#url}${path}`, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const pair = line.slice(0, line.indexOf(";"));
      this.cookie = pair.endsWith("=") ? null : pair;
    }
    const text = await response.text();
    this.token = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? this.token;
    const location = response.headers.get("location");
    const heading = /<h1[^>]*>(.*?)<\/h1>/s.exec(text)?.[1];
    return { status: response.status, location, headers: response.headers, text, heading };
  }
}

export const password = "correct horse battery";

/** A customer who has just opened an account, and its number. */
export async function newCustomer(bank: OpenBank, name: string) {
  const visitor = new Visitor(bank);
  const email = `${name.toLowerCase()}@example.org`;
  await visitor.post("/signup", { name, email, password });
  const page = await visitor.get("/account");
  const number = /class="number">Account <span>([\d ]+)</.exec(page.text)?.[1] ?? "";
  return { visitor, name, email, number };
}

/** The same customer, logged in at another client. */
export async function logIn(bank: OpenBank, email: string, secret = password): Promise<Visitor> {
  const visitor = new Visitor(bank);
  await visitor.post("/login", { email, password: secret });
  await visitor.get("/account");
  return visitor;
}

export async function balanceOf(visitor: Visitor): Promise<string | undefined> {
  const { text } = await visitor.get("/account");
  return /class="amount">([^<]+)</.exec(text)?.[1];
}

/** Fills in and sends the form on the account page. */
export async function send(
  visitor: Visitor,
  order: { readonly to: string; readonly amount: string; readonly message?: string },
): Promise<Answer> {
  return visitor.post("/transfers", { key: await newKey(visitor), message: "", ...order });
}

/** What the account page holds, so that a form sent twice is one transfer. */
export async function newKey(visitor: Visitor): Promise<string> {
  const { text } = await visitor.get("/account");
  return /name="key" value="([^"]+)"/.exec(text)?.[1] ?? "";
}
