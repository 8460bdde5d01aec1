import releases from "./releases.json" with { type: "json" };

/*
 * What browsers send, by their makers' word:
 * - Chromium's reduced strings: chromium.org, "User-Agent Reduction"; brands, GREASE and their order:
 *   components/embedder_support/user_agent_utils.cc; desktop mode of Android is "X11; Linux x86_64" with platform "Linux"
 * - Firefox: MDN, "Firefox user agent string reference"
 * - Safari: webkit.org; from 26 the system's version stays 18_6 (iOS) and 10_15_7 (macOS); iPadOS asks for desktop pages
 * - Which versions there were: releases.json, of MDN's browser-compat-data
 */

export type Platform = "windows" | "macos" | "linux" | "chromeos" | "android" | "iphone" | "ipad";
export type Browser = "chrome" | "edge" | "opera" | "brave" | "samsung" | "firefox" | "safari";
export type Series = Exclude<keyof typeof releases, "source">;

/** A browser on a device. */
export interface Device {
  readonly browser: Browser;
  /** Its own version, as it says it. */
  readonly version: string;
  /** Of the Chromium it is made of, where that is another number. */
  readonly engine?: string;
  readonly platform: Platform;
  readonly languages: string;
  /** Asks for pages as a desktop would. */
  readonly desktopMode?: boolean;
  /** The system's version, where the string tells it. */
  readonly system?: string;
  /** As strings were before Chromium reduced them: full version, system version, model. */
  readonly unreduced?: { readonly build: string; readonly model: string };
}

export function versionsOf(series: Series): readonly string[] {
  return releases[series].map(([version]) => version as string);
}

/** The version of the Chromium inside, where the series says it. */
export function engineOf(series: Series, version: string): string | undefined {
  const release = releases[series].find(([each]) => each === version);
  return release?.[2] as string | undefined;
}

export function headersOf(device: Device): Readonly<Record<string, string>> {
  return {
    "user-agent": userAgentOf(device),
    "accept-language": device.languages,
    accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "accept-encoding": "gzip, deflate, br",
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    ...hintsOf(device),
  };
}

const isApple = (platform: Platform) => platform === "iphone" || platform === "ipad";

export function userAgentOf(device: Device): string {
  const { browser, version, platform, desktopMode = false } = device;
  if (isApple(platform)) return appleUserAgent(device);
  if (browser === "safari")
    return `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version} Safari/605.1.15`;
  if (browser === "firefox") {
    const system = firefoxSystem(device);
    const trail = platform === "android" && !desktopMode ? version : "20100101";
    return `Mozilla/5.0 (${system}; rv:${version}.0) Gecko/${platform === "android" && !desktopMode ? `${trail}.0` : trail} Firefox/${version}.0`;
  }
  return chromiumUserAgent(device);
}

function firefoxSystem({ platform, desktopMode = false, system = "14" }: Device): string {
  if (platform === "android") return desktopMode ? "X11; Linux x86_64" : `Android ${system}; Mobile`;
  return {
    windows: "Windows NT 10.0; Win64; x64",
    macos: "Macintosh; Intel Mac OS X 10.15",
    linux: "X11; Linux x86_64",
  }[platform as "windows" | "macos" | "linux"];
}

function chromiumUserAgent(device: Device): string {
  const { browser, version, engine = version, platform, desktopMode = false, unreduced } = device;
  const chrome = unreduced ? unreduced.build : `${engine}.0.0.0`;
  const isPhone = platform === "android" && !desktopMode;
  const system =
    platform === "android"
      ? desktopMode
        ? "X11; Linux x86_64"
        : `Linux; Android ${unreduced ? `${device.system ?? "12"}; ${unreduced.model}` : "10; K"}`
      : {
          windows: "Windows NT 10.0; Win64; x64",
          macos: `Macintosh; Intel Mac OS X ${unreduced ? (device.system ?? "12_6_1") : "10_15_7"}`,
          linux: "X11; Linux x86_64",
          chromeos: "X11; CrOS x86_64 14541.0.0",
        }[platform as "windows" | "macos" | "linux" | "chromeos"];
  const before = browser === "samsung" ? `SamsungBrowser/${version} ` : "";
  const after = {
    edge: ` ${platform === "android" ? "EdgA" : "Edg"}/${version}.0.0.0`,
    opera: ` OPR/${version}.0.0.0`,
  }[browser as "edge" | "opera"];
  return `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) ${before}Chrome/${chrome}${isPhone ? " Mobile" : ""} Safari/537.36${after ?? ""}`;
}

/** Every browser of iOS is made of WebKit and says so; only Safari has a version of its own there. */
function appleUserAgent({ browser, version, platform, desktopMode = false, system = "18_6" }: Device): string {
  const inner = { chrome: `CriOS/${version}.0.0.0`, firefox: `FxiOS/${version}.0`, edge: `EdgiOS/${version}.0.0.0` }[
    browser as "chrome" | "firefox" | "edge"
  ];
  if (desktopMode)
    return `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) ${inner ? `${inner} Version/18.6` : `Version/${version}`} Safari/605.1.15`;
  const on =
    platform === "iphone" ? `iPhone; CPU iPhone OS ${system} like Mac OS X` : `iPad; CPU OS ${system} like Mac OS X`;
  return `Mozilla/5.0 (${on}) AppleWebKit/605.1.15 (KHTML, like Gecko) ${inner ?? `Version/${version}`} Mobile/15E148 Safari/604.1`;
}

const greaseMarks = [" ", "(", ":", "-", ".", "/", ")", ";", "=", "?", "_"];
const greaseVersions = ["8", "99", "24"];
const orders = ["012", "021", "102", "120", "201", "210"];
const brands: { readonly [browser in Browser]?: string } = {
  chrome: "Google Chrome",
  edge: "Microsoft Edge",
  opera: "Opera",
  brave: "Brave",
  samsung: "Samsung Internet",
};
const platformNames: { readonly [platform in Platform]?: string } = {
  windows: "Windows",
  macos: "macOS",
  linux: "Linux",
  chromeos: "Chrome OS",
  android: "Android",
};

/** Only Chromium sends hints, and on iOS there is none. */
export function hintsOf(device: Device): Readonly<Record<string, string>> {
  const { browser, version, engine = version, platform, desktopMode = false } = device;
  const brand = brands[browser];
  if (!brand || isApple(platform)) return {};
  const seed = Number.parseInt(engine, 10);
  const list = [
    `"Not${greaseMarks[seed % 11]}A${greaseMarks[(seed + 1) % 11]}Brand";v="${greaseVersions[seed % 3]}"`,
    `"Chromium";v="${engine}"`,
    `"${brand}";v="${version}"`,
  ];
  return {
    "sec-ch-ua": [...orders[seed % 6]!].map((at) => list[Number(at)]).join(", "),
    "sec-ch-ua-mobile": platform === "android" && !desktopMode ? "?1" : "?0",
    "sec-ch-ua-platform": `"${desktopMode ? "Linux" : platformNames[platform]}"`,
  };
}
