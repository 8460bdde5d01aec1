import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import type { Certificate } from "./open-bank.ts";

/** The certificate that the auditor's test servers have, too. */
const file = (name: string) =>
  readFileSync(new URL(`../../../../packages/audit/test/support/${name}`, import.meta.url));
export const certificate: Certificate = { cert: file("certificate.pem"), key: file("key.pem") };

/** Chromium that binds sessions to keys in software, and takes the certificate for a good one. */
export function launchBindingChromium(): Promise<Browser> {
  const key = new X509Certificate(certificate.cert).publicKey.export({ type: "spki", format: "der" });
  return launchChromium([
    "--enable-features=DeviceBoundSessions:RefreshQuota/false,EnableBoundSessionCredentialsSoftwareKeysForManualTesting",
    `--ignore-certificate-errors-spki-list=${createHash("sha256").update(key).digest("base64")}`,
  ]);
}
