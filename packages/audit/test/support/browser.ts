import { readFileSync } from "node:fs";
import { afterAll } from "vitest";
import { isLaunched, type LaunchedBrowser, launchBrowser } from "../../src/browser/launch.ts";
import { trustedKeys } from "../../src/http/trust.ts";
import { certificate } from "./serve.ts";

let browser: Promise<LaunchedBrowser> | null = null;

/** One browser for all audits of a test file: starting one takes longer than an audit. */
export function sharedBrowser(): Promise<LaunchedBrowser> {
  browser ??= start();
  return browser;
}

afterAll(async () => {
  await (await browser)?.close();
  browser = null;
});

async function start(): Promise<LaunchedBrowser> {
  const launched = await launchBrowser({
    hosts: ["notes.localhost"],
    keys: await trustedKeys(readFileSync(certificate, "utf8"), []),
    environment: process.env,
  });
  if (!isLaunched(launched)) throw new Error(`${launched.why}: npm test -- auditor finds or installs a browser`);
  return launched;
}
