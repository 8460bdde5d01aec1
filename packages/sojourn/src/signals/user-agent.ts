import { remembered } from "./remembered.ts";

/** What a `User-Agent` says, as coarse as it is meant. */
export interface UserAgent {
  /** `""`: nothing that is understood. */
  readonly client: string;
  /** Major version, or 0. */
  readonly version: number;
  readonly platform: string;
}

/**
 * The products that name a browser, the more particular first: each browser also names those it wants to be taken for.
 * `Trident` is Edge's mode for old pages; `AppleCoreMedia` is Safari's player, which sends the page's cookies.
 */
const products: readonly (readonly [product: RegExp, client: string])[] = [
  [/ (?:Edg|EdgA|EdgiOS|Edge)\/(\d+)/, "edge"],
  [/ (?:OPR|OPX|OPT|Opera)\/(\d+)/, "opera"],
  [/ SamsungBrowser\/(\d+)/, "samsung"],
  [/ YaBrowser\/(\d+)/, "yandex"],
  [/ UCBrowser\/(\d+)/, "uc"],
  [/ Vivaldi\/(\d+)/, "vivaldi"],
  [/ (?:DuckDuckGo|Ddg)\/(\d+)/, "duckduckgo"],
  [/ GSA\/(\d+)/, "google"],
  [/ (?:Firefox|FxiOS)\/(\d+)/, "firefox"],
  [/ (?:Chrome|CriOS|HeadlessChrome)\/(\d+)/, "chrome"],
  [/ Version\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari\//, "safari"],
  [/ Trident\/()/, "edge"],
  [/^AppleCoreMedia\/()/, "safari"],
];

const platforms: readonly (readonly [word: RegExp, platform: string])[] = [
  [/\biPhone|\biPod/, "iphone"],
  [/\biPad/, "ipad"],
  [/\bAndroid/, "android"],
  [/\bWindows/, "windows"],
  [/\bCrOS/, "chromeos"],
  [/\bMac(?:intosh| OS X)/, "macos"],
  [/\bLinux|\bX11/, "linux"],
];

/** Nobody's is longer, and what a stranger sends is read only so far. */
const longest = 512;

export const parseUserAgent = remembered(parsed);

function parsed(given: string | null): UserAgent {
  const text = (given ?? "").slice(0, longest);
  const platform = platforms.find(([word]) => word.test(text))?.[1] ?? "";
  for (const [product, client] of products) {
    const match = product.exec(text);
    if (match) return { client, version: Number(match[1] ?? 0), platform };
  }
  // A program: its first product. No version, so that its updates mean nothing.
  const client = /^[\w.-]{1,32}/.exec(text)?.[0].toLowerCase() ?? "";
  return { client, version: 0, platform };
}
