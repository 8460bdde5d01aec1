/** A browser without a screen: cookies by host, redirects followed, forms sent. */
export class Browser {
  readonly #jar = new Map<string, Map<string, string>>();

  /** Goes there, and wherever it is sent from there. */
  async go(address: string | URL, form?: URLSearchParams): Promise<Page> {
    let url = new URL(address);
    let body = form;
    for (let hops = 0; hops < 20; hops++) {
      const jar = this.#jarOf(url);
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
      const response = await fetch(url, {
        method: body ? "POST" : "GET",
        redirect: "manual",
        headers: { ...(cookie !== "" && { cookie }), "sec-fetch-site": "same-origin" },
        ...(body && { body }),
      });
      for (const line of response.headers.getSetCookie()) keep(line, jar);
      const location = response.headers.get("location");
      if (location === null) return new Page(this, { url, status: response.status, text: await response.text() });
      url = new URL(location, url);
      body = undefined;
    }
    throw new Error(`Sent around in circles, at last to ${url.origin}${url.pathname}`);
  }

  #jarOf({ host }: URL): Map<string, string> {
    const jar = this.#jar.get(host) ?? new Map<string, string>();
    this.#jar.set(host, jar);
    return jar;
  }
}

export class Page {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
  readonly #browser: Browser;

  constructor(browser: Browser, { url, status, text }: Pick<Page, "url" | "status" | "text">) {
    this.#browser = browser;
    this.url = url;
    this.status = status;
    this.text = text;
  }

  /** Sends the page's form, its hidden fields and `fields`. */
  submit(fields: { readonly [name: string]: string }): Promise<Page> {
    const action = /<form[^>]* action="([^"]+)"/.exec(this.text)?.[1];
    if (action === undefined) throw new Error(`No form on ${this.url.origin}${this.url.pathname}`);
    const hidden = [...this.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const form = new URLSearchParams(hidden.map(([, name = "", value = ""]): [string, string] => [name, value]));
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    return this.#browser.go(new URL(action.replaceAll("&amp;", "&"), this.url), form);
  }
}

function keep(line: string, jar: Map<string, string>): void {
  const [pair = "", ...attributes] = line.split("; ");
  const name = pair.slice(0, pair.indexOf("="));
  const isDeleted = attributes.some((each) => /^expires=Thu, 01 Jan 1970/i.test(each) || /^max-age=0$/i.test(each));
  if (isDeleted) jar.delete(name);
  else jar.set(name, pair.slice(name.length + 1));
}
