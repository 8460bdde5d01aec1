import { request } from "node:https";
import type { BrowserContext } from "playwright-core";
import { type Device, newDevice } from "../../binding/device.ts";
import type { Application } from "./application.ts";
import { tls } from "./chromium.ts";

/** Somebody at a client of their own, with every cookie of a browser and not its key. */
export interface Thief {
  get(path: string): Promise<{ readonly status: number; readonly cookies: readonly string[]; readonly body: unknown }>;
  /** Asks for a new bound cookie. */
  refreshWithoutKey(): Promise<Refused>;
  /** Signs the challenge that this brings, with a key of their own. */
  refreshWithOwnKey(): Promise<Refused>;
  /** Tries to put a device of their own in the place of the owner's. */
  registerOwnKey(): Promise<Refused>;
}

interface Refused {
  readonly status: number;
  readonly cookies: readonly string[];
}

/** The same cookies, user agent and all. */
export async function stolenJar(browser: BrowserContext, { port }: Application): Promise<Thief> {
  const jar = await browser.cookies();
  const [session] = jar.filter(({ name }) => name === "__Host-Http-id");
  const id = session?.value.split(".")[0] ?? "";
  const userAgent = String(await browser.pages()[0]?.evaluate("navigator.userAgent"));
  const device: Device = await newDevice();
  let challenge = "";

  function send(method: string, path: string, more: Readonly<Record<string, string>> = {}): Promise<Received> {
    const headers = {
      cookie: jar.map(({ name, value }) => `${name}=${value}`).join("; "),
      "user-agent": userAgent,
      origin: `https://localhost:${port}`,
      "sec-fetch-site": "same-origin",
      ...more,
    };
    return new Promise((resolve, reject) => {
      const sent = request({
        host: "127.0.0.1",
        servername: "localhost",
        port,
        method,
        path,
        headers,
        ca: tls.cert,
        checkServerIdentity: () => undefined,
      });
      sent.on("error", reject);
      sent.on("response", async (response) => {
        let text = "";
        for await (const chunk of response) text += chunk;
        const next = /^"([^"]+)"/.exec(String(response.headers["secure-session-challenge"] ?? ""))?.[1];
        if (next !== undefined) challenge = next;
        resolve({ status: response.statusCode ?? 0, cookies: response.headers["set-cookie"] ?? [], text });
      });
      sent.end();
    });
  }

  const refresh = (proof: Readonly<Record<string, string>>) =>
    send("POST", "/device-binding/refresh", { "sec-secure-session-id": id, ...proof });
  const refused = ({ status, cookies }: Received): Refused => ({ status, cookies });

  return {
    async get(path) {
      const { text, ...received } = await send("GET", path);
      return { ...received, body: JSON.parse(text) };
    },
    refreshWithoutKey: async () => refused(await refresh({})),
    refreshWithOwnKey: async () => refused(await refresh({ "secure-session-response": await device.proof(challenge) })),
    registerOwnKey: async () =>
      refused(
        await send("POST", "/device-binding/register", {
          "secure-session-response": await device.registration(challenge),
        }),
      ),
  };
}

interface Received extends Refused {
  readonly text: string;
}
