/** The cookies of one browser, over real sockets. */
export class Jar {
  readonly cookies: Map<string, string>;

  constructor(cookies: Iterable<readonly [string, string]> = []) {
    this.cookies = new Map(cookies);
  }

  get header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  copy(): Jar {
    return new Jar(this.cookies);
  }

  /** Sends the cookies, and keeps those of the answer, unless it is lost. */
  async fetch(
    url: string,
    { loses = false, ...init }: RequestInit & { readonly loses?: boolean } = {},
  ): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookies.size > 0) headers.set("Cookie", this.header);
    const response = await fetch(url, { redirect: "manual", ...init, headers });
    if (!loses) for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  #keep(line: string): void {
    const [pair = "", ...attributes] = line.split("; ");
    const at = pair.indexOf("=");
    const isGone = attributes.some((each) => /^max-age=0$/i.test(each) || /^expires=Thu, 01 Jan 1970/i.test(each));
    if (isGone) this.cookies.delete(pair.slice(0, at));
    else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}
