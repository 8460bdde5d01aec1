import { type Browsing, type BrowsingOptions, createBrowsing } from "../browser/browsing.ts";
import { isLaunched, type LaunchedBrowser, launchBrowser, type NoBrowser } from "../browser/launch.ts";
import type { ReadyFile } from "../file/load.ts";
import { trustedKeys } from "../http/trust.ts";
import type { Check } from "./check.ts";
import type { AuditReadyOptions } from "./options.ts";

export interface BrowserForOptions {
  /** What is to run. */
  readonly checks: readonly Check[];
  /** Where it may go. */
  readonly origins: readonly URL[];
  readonly options: Pick<AuditReadyOptions, "browser" | "launched" | "environment">;
}

/** A browser for one audit, started only where something needs it; or why there is none. */
export async function browserFor(
  { file, ca }: ReadyFile,
  { checks, origins, options }: BrowserForOptions,
): Promise<LaunchedBrowser | NoBrowser> {
  const { environment = process.env } = options;
  if (options.browser === false) return { why: "needs a browser, and was told to drive none" };
  const isNeeded =
    [file.login, file.logout].some((flow) => flow?.kind === "playwright") ||
    checks.some(({ uses, needs }) => uses === "browser" || needs.includes("browser"));
  if (!isNeeded) return { why: "needs a browser, and nothing that was chosen does" };
  if (options.launched) return options.launched;
  const keys = await trustedKeys(
    ca,
    origins.map(({ origin }) => origin),
  );
  return launchBrowser({ hosts: origins.map(withPort), keys, environment });
}

/** What drives it in one audit; `null` if there is none. */
export function browsingWith(
  browser: LaunchedBrowser | NoBrowser,
  options: Omit<BrowsingOptions, "launched">,
): Browsing | null {
  return isLaunched(browser) ? createBrowsing({ launched: browser, ...options }) : null;
}

function withPort({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}
