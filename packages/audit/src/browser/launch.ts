import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BrowserContext, BrowserType } from "playwright-core";
import type { Pace } from "../http/pace.ts";
import type { Recorder } from "../http/recorder.ts";
import { type Attacker, hasSiblings, serveAttacker, siblingOf } from "./attacker.ts";
import { openTab, type Tab } from "./tab.ts";

/** Why no browser can be driven, and what to add so that one can. */
export interface NoBrowser {
  readonly why: string;
  readonly enable?: string;
}

/** A Chromium that can reach the hosts of an audit and the attacker's site, and nothing else. */
export interface LaunchedBrowser {
  /** `Chromium 156`. */
  readonly name: string;
  readonly attacker: Attacker;
  /** A new profile, with one page. */
  open(options: ProfileOptions): Promise<Tab>;
  close(): Promise<void>;
}

export interface ProfileOptions {
  /** Who sits there. */
  readonly by: string;
  readonly recorder: Recorder;
  readonly userAgent?: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Every request waits for its turn, which turns the browser's own cache off; `null` where pages may load at once. */
  readonly pace: Pace | null;
  readonly patience: number;
  readonly requestsAtMost: number;
}

export interface LaunchOptions {
  /** The hosts that may be reached, at a port (`localhost:3000`) or all; `null` for a person, who goes where they like. */
  readonly hosts: readonly string[] | null;
  /** Whom to trust beside the usual ones: see `trustedKeys`. */
  readonly keys: readonly string[];
  /** Where `CHROMIUM_PATH`, `PATH` and the display are looked for. */
  readonly environment: NodeJS.ProcessEnv;
  /** Default: that of this process. */
  readonly platform?: NodeJS.Platform;
  /** With a window, for a person. Default: no. */
  readonly isVisible?: boolean;
  /** Finds Playwright. Default: beside this package, or in the folder the command runs in. */
  readonly load?: () => Promise<unknown>;
}

/**
 * Starts the Chromium of `CHROMIUM_PATH`, else Playwright's own, else an installed one. The back/forward cache is on, as
 * people have it: Playwright turns it off.
 */
export async function launchBrowser(options: LaunchOptions): Promise<LaunchedBrowser | NoBrowser> {
  const { hosts, keys, environment, isVisible = false, platform = process.platform, load = loadPlaywright } = options;
  let chromium: BrowserType;
  try {
    ({ chromium } = (await load()) as { chromium: BrowserType });
  } catch {
    return {
      why: "needs a browser, and playwright-core is not installed",
      enable: "playwright-core: npm install --save-dev playwright-core",
    };
  }
  if (isVisible && !hasDisplay(platform, environment)) return noDisplay;
  const executablePath = findChromium(chromium, environment);
  if (executablePath === null) {
    return {
      why: environment.CHROMIUM_PATH
        ? "needs a browser, and CHROMIUM_PATH names no file"
        : "needs a browser, and no Chromium was found",
      enable: "a Chromium: npx playwright-core install chromium, or CHROMIUM_PATH=/path/to/chromium",
    };
  }
  const attacker = await serveAttacker();
  try {
    const browser = await chromium.launch({
      executablePath,
      headless: !isVisible,
      env: { ...process.env, ...environment },
      ignoreDefaultArgs: ["--disable-back-forward-cache"],
      args: [
        ...(hosts === null ? [] : [`--host-resolver-rules=${resolverRules(hosts, attacker)}`]),
        "--disable-background-networking",
        "--disable-component-update",
        ...(keys.length === 0 ? [] : [`--ignore-certificate-errors-spki-list=${keys.join(",")}`]),
        // Chromium refuses to run as root with its sandbox.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ],
    });
    return {
      name: `Chromium ${browser.version().split(".")[0]}`,
      attacker,
      async open({ userAgent, headers, pace, ...rest }) {
        const context = await browser.newContext({ ...(userAgent && { userAgent }), extraHTTPHeaders: { ...headers } });
        if (pace) await keepPace(context, pace);
        return openTab({ context, ...rest });
      },
      async close() {
        await browser.close();
        await attacker.close();
      },
    };
  } catch (error) {
    await attacker.close();
    const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    return { why: `needs a browser, and Chromium did not start (${line})`, enable: "a Chromium that starts" };
  }
}

export function isLaunched(browser: LaunchedBrowser | NoBrowser): browser is LaunchedBrowser {
  return "attacker" in browser;
}

async function keepPace(context: BrowserContext, pace: Pace): Promise<void> {
  await context.route("**", (route) => pace.run(() => route.continue()).catch(() => {}));
}

/** Where a window can open. Windows and macOS always have one, or say so themselves. */
function hasDisplay(platform: NodeJS.Platform, { DISPLAY, WAYLAND_DISPLAY }: NodeJS.ProcessEnv): boolean {
  return platform !== "linux" || Boolean(DISPLAY || WAYLAND_DISPLAY);
}

const noDisplay: NoBrowser = {
  why: "opens a window, and this machine has no display (neither DISPLAY nor WAYLAND_DISPLAY is set)",
  enable:
    'a display: run it on a machine that has one, or by ssh -X. Without one, save a HAR of the login in any browser, and name it as login: har("login.har")',
};

/** No name is looked up but those of the audit; the attacker's is this process. */
function resolverRules(hosts: readonly string[], { host, port }: Attacker): string {
  const names = [...new Set(hosts.map((each) => each.replace(/:\d+$/, "")))];
  const siblings = names.filter(hasSiblings).map((each) => `MAP ${siblingOf(each)} 127.0.0.1:${port}`);
  // The first rule that fits counts: another port of the same host is another service.
  const own = [...new Set(hosts)].map((each) => `MAP ${each} ${each}`);
  return [`MAP ${host} 127.0.0.1:${port}`, ...siblings, ...own, "MAP * ~NOTFOUND"].join(", ");
}

/** `npx` keeps this package away from the project that has Playwright, so both places are looked at. */
async function loadPlaywright(): Promise<{ readonly chromium: BrowserType }> {
  const beside = await import("playwright-core").catch(() => null);
  if (beside) return beside;
  const { resolve } = createRequire(join(process.cwd(), "package.json"));
  const found = await import(pathToFileURL(resolve("playwright-core")).href);
  return (found.chromium ? found : found.default) as { readonly chromium: BrowserType };
}

const programs = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

function findChromium(chromium: BrowserType, { CHROMIUM_PATH, PATH = "" }: NodeJS.ProcessEnv): string | null {
  const folders = PATH.split(delimiter).filter((folder) => folder !== "");
  const candidates = CHROMIUM_PATH
    ? [CHROMIUM_PATH]
    : [
        chromium.executablePath(),
        ...programs.flatMap((program) => folders.map((folder) => join(folder, program))),
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      ];
  return candidates.find((path) => path !== "" && existsSync(path)) ?? null;
}
