/** A browser as far as a session notices: it keeps cookies, and follows no redirect by itself. */
export class Browser {
  readonly #cookies = new Map<string, string>();
  readonly #origin: string;

  /** `as`: with the cookies of another one. */
  constructor(origin: string, as?: Browser) {
    this.#origin = origin;
    if (as) for (const [name, value] of as.#cookies) this.#cookies.set(name, value);
  }

  /** The cookies as they are sent. */
  get cookies(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(path, { headers });
  }

  post(path: string, form: Record<string, string> = {}): Promise<Response> {
    return this.#send(path, { method: "POST", body: new URLSearchParams(form) });
  }

  async read<T>(path: string): Promise<T> {
    return (await this.get(path)).json() as Promise<T>;
  }

  /** Another one that holds the same cookies now. */
  copy(): Browser {
    return new Browser(this.#origin, this);
  }

  async #send(path: string, request: RequestInit): Promise<Response> {
    const headers = { ...(request.headers as Record<string, string>), Cookie: this.cookies };
    const response = await fetch(this.#origin + path, { ...request, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split("; ");
      const [name = "", value = ""] = pair.split("=");
      if (line.includes("Expires=Thu, 01 Jan 1970")) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return response;
  }
}
