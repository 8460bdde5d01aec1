/*
 * As much of `node:http` as the client of the adapter suite uses, over `fetch`: workerd's own `node:http` cannot name a host
 * other than the one it connects to. The binding `SELF` leads back to this machine, over a socket.
 */

import { env } from "cloudflare:workers";

type Listener = (given: unknown) => void;

interface Options {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

class Emitter {
  readonly #listeners: { readonly name: string; readonly listener: Listener; readonly isOnce: boolean }[] = [];
  #waiting: { readonly name: string; readonly given: unknown }[] = [];

  on(name: string, listener: Listener, isOnce = false): this {
    this.#listeners.push({ name, listener, isOnce });
    const early = this.#waiting;
    this.#waiting = [];
    for (const { name: each, given } of early) this.emit(each, given);
    return this;
  }

  once(name: string, listener: Listener): this {
    return this.on(name, listener, true);
  }

  /** What nobody listens for yet waits. */
  protected emit(name: string, given: unknown): void {
    const heard = this.#listeners.filter((each) => each.name === name);
    if (heard.length === 0) this.#waiting.push({ name, given });
    for (const each of heard) {
      if (each.isOnce) this.#listeners.splice(this.#listeners.indexOf(each), 1);
      each.listener(given);
    }
  }
}

class Incoming extends Emitter {
  readonly statusCode: number;
  readonly headers: Record<string, string | string[]>;

  constructor(response: Response) {
    super();
    this.statusCode = response.status;
    this.headers = Object.fromEntries(response.headers);
    const cookies = response.headers.getSetCookie();
    if (cookies.length > 0) this.headers["set-cookie"] = cookies;
    void this.#read(response);
  }

  async #read({ body }: Response): Promise<void> {
    try {
      const decoder = new TextDecoder();
      for await (const piece of body ?? []) this.emit("data", decoder.decode(piece, { stream: true }));
      this.emit("end", undefined);
    } catch (error) {
      this.emit("error", error);
    }
  }
}

class Outgoing extends Emitter {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #encoder = new TextEncoder();

  constructor(origin: string, { method, path, headers }: Options) {
    super();
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    this.#writer = writable.getWriter();
    const { Host = new URL(origin).host, "Content-Length": _length, ...sent } = headers;
    const hasBody = method !== "GET" && method !== "HEAD";
    const init = { method, headers: sent, redirect: "manual" as const, ...(hasBody && { body: readable }) };
    env.SELF.fetch(`http://${Host}${path}`, init).then(
      (response) => this.emit("response", new Incoming(response)),
      (error: unknown) => this.emit("error", error),
    );
  }

  flushHeaders(): void {}

  write(text: string): void {
    this.#writer.write(this.#encoder.encode(text)).catch(() => {});
  }

  end(text: string): void {
    if (text !== "") this.write(text);
    this.#writer.close().catch(() => {});
  }
}

export function request(origin: string, options: Options): Outgoing {
  return new Outgoing(origin, options);
}
