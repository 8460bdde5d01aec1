import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type CDPSession, chromium, type Page } from "playwright-core";

/** The certificate that the auditor's test servers have, too. The browser is told that it is a good one for any name. */
const file = (name: string) => readFileSync(new URL(`../../../../audit/test/support/${name}`, import.meta.url));
export const tls = { key: file("key.pem"), cert: file("certificate.pem") };

const certificate = new X509Certificate(tls.cert).publicKey.export({ type: "spki", format: "der" });
const fingerprint = createHash("sha256").update(certificate).digest("base64");

/** A browser profile on disk, which survives its browser. */
export interface Profile {
  readonly folder: string;
  remove(): void;
}

export function newProfile(): Profile {
  const folder = mkdtempSync(join(tmpdir(), "sojourn-profile-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/**
 * Chromium with keys in software, since this machine's security chip, if it has one, is not Chromium's on Linux. Without
 * its quota of signatures unless told so: a test signs more in a minute than a user in an hour.
 */
export async function openBrowser({ folder }: Profile): Promise<BrowserContext> {
  const executablePath = process.env.CHROMIUM_PATH;
  if (!executablePath) throw new Error("CHROMIUM_PATH is not set: run npm test -- browser");
  const context = await chromium.launchPersistentContext(folder, {
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--enable-features=DeviceBoundSessions:RefreshQuota/false,EnableBoundSessionCredentialsSoftwareKeysForManualTesting",
      `--ignore-certificate-errors-spki-list=${fingerprint}`,
      "--host-resolver-rules=MAP * 127.0.0.1",
    ],
  });
  context.setDefaultTimeout(20_000);
  return context;
}

/** What the browser itself says about its bindings. */
export interface BindingEvents {
  /** In order: `Creation Success`, `Refresh ServerError` and the like. */
  readonly all: readonly BindingEvent[];
  close(): Promise<void>;
}

export interface BindingEvent {
  readonly succeeded: boolean;
  readonly [detail: string]: unknown;
}

export async function bindingEvents(page: Page): Promise<BindingEvents> {
  const cdp: CDPSession = await page.context().newCDPSession(page);
  const all: BindingEvent[] = [];
  const send = cdp.send.bind(cdp) as (method: string, parameters?: object) => Promise<unknown>;
  const on = cdp.on.bind(cdp) as (event: string, listener: (event: BindingEvent) => void) => unknown;
  on("Network.deviceBoundSessionEventOccurred", (event) => all.push(event));
  await send("Network.enable");
  await send("Network.enableDeviceBoundSessions", { enable: true });
  return { all, close: () => cdp.detach() };
}
