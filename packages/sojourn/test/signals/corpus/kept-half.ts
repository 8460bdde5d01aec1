import { type Device, engineOf, headersOf, hintsOf, type Series, userAgentOf, versionsOf } from "./browsers.ts";
import * as net from "./networks.ts";
import { type Random, seeded } from "./random.ts";
import type { Half, Sighting, Story } from "./sighting.ts";

/*
 * The half that was written before any weight was chosen and whose results were not looked at until the weights were fixed.
 * Its releases are those from late 2025 on, where a story is not about an older change.
 */

const random = seeded(20_261_127);
const at = (device: Device, address: string | null, more: Record<string, string> = {}): Sighting => ({
  headers: { ...headersOf(device), ...more },
  address,
});
const without = ({ headers, address }: Sighting, gone: RegExp): Sighting => ({
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !gone.test(name))),
  address,
});
const times = (count: number, tell: (random: Random) => Story): readonly Story[] =>
  Array.from({ length: count }, () => tell(random));

const languages = [
  "en-US,en;q=0.9",
  "en-GB,en;q=0.9,en-US;q=0.8",
  "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7",
  "fr-FR,fr;q=0.9,en;q=0.5",
  "es-ES,es;q=0.9",
  "pt-BR,pt;q=0.9,en-US;q=0.8,en;q=0.7",
  "ja-JP,ja;q=0.9,en;q=0.8",
  "zh-CN,zh;q=0.9",
  "ar,en-US;q=0.9,en;q=0.8",
  "nl-BE,nl;q=0.9,fr;q=0.8,en;q=0.7",
];

interface Line {
  readonly series: Series;
  readonly browser: Device["browser"];
  readonly platforms: readonly Device["platform"][];
}
const lines: readonly Line[] = [
  { series: "chrome", browser: "chrome", platforms: ["windows", "macos", "linux", "chromeos"] },
  { series: "chrome_android", browser: "chrome", platforms: ["android"] },
  { series: "edge", browser: "edge", platforms: ["windows", "macos"] },
  { series: "firefox", browser: "firefox", platforms: ["windows", "macos", "linux"] },
  { series: "firefox_android", browser: "firefox", platforms: ["android"] },
  { series: "safari", browser: "safari", platforms: ["macos"] },
  { series: "safari_ios", browser: "safari", platforms: ["iphone", "ipad"] },
  { series: "opera", browser: "opera", platforms: ["windows", "macos"] },
  { series: "samsunginternet_android", browser: "samsung", platforms: ["android"] },
  { series: "chrome", browser: "brave", platforms: ["windows", "macos", "linux", "android"] },
  { series: "chrome", browser: "chrome", platforms: ["iphone", "ipad"] },
];
const recent = 14;

/** A device with the release `back` steps before the newest of its series. */
function deviceOf(line: Line, back: number, platform = random.one(line.platforms)): Device {
  const versions = versionsOf(line.series);
  const version = versions.at(-1 - Math.min(back, versions.length - 1))!;
  const engine = engineOf(line.series, version);
  return { browser: line.browser, version, platform, languages: random.one(languages), ...(engine && { engine }) };
}
const anyDevice = () => deviceOf(random.one(lines), random.below(recent));
const ofPlatform = (...platforms: readonly Device["platform"][]): Device => {
  const platform = random.one(platforms);
  return deviceOf(
    random.one(lines.filter((line) => line.platforms.includes(platform))),
    random.below(recent),
    platform,
  );
};
/** The same browser `steps` releases later. */
function updated(device: Device, steps: number): Device {
  const line = lines.find(
    ({ browser, platforms }) => browser === device.browser && platforms.includes(device.platform),
  )!;
  const versions = versionsOf(line.series);
  const version = versions[Math.min(versions.indexOf(device.version) + steps, versions.length - 1)]!;
  const engine = engineOf(line.series, version);
  return { ...device, version, ...(engine && { engine }) };
}

const updates: readonly Story[] = lines.flatMap((line) =>
  line.platforms.flatMap((platform) =>
    Array.from({ length: 8 }, (_, step): Story => {
      const device = deviceOf(line, recent - step, platform);
      const where = net.home(random);
      return { kind: "an update", sightings: [at(device, where), at(updated(device, 1 + (step % 3)), where)] };
    }),
  ),
);

const reductions = times(40, (): Story => {
  const isPhone = random.below(2) === 0;
  const where = isPhone ? net.mobile(random) : net.home(random);
  const languages_ = random.one(languages);
  const model = random.one(["SM-G991B", "Pixel 6", "M2101K6G", "SM-A525F"]);
  const before: Device = isPhone
    ? {
        browser: "chrome",
        version: "109",
        platform: "android",
        languages: languages_,
        system: "13",
        unreduced: { build: "109.0.5414.118", model },
      }
    : {
        browser: "chrome",
        version: "106",
        platform: random.one(["windows", "macos"] as const),
        languages: languages_,
        unreduced: { build: "106.0.5249.119", model },
      };
  const { unreduced: _, ...after } = before;
  return {
    kind: "User-Agent reduction",
    sightings: [at(before, where), at({ ...after, version: isPhone ? "110" : "107" }, where)],
  };
});

const systems = times(30, (): Story => {
  const where = net.home(random);
  const [from, to, device] = random.one([
    ["17_6", "18_6", { browser: "safari", version: "18.6", platform: "iphone", languages: random.one(languages) }],
    ["13", "15", { browser: "firefox", version: "150", platform: "android", languages: random.one(languages) }],
    ["15_7", "17_1", { browser: "chrome", version: "140", platform: "ipad", languages: random.one(languages) }],
  ] as const);
  return {
    kind: "a system update",
    sightings: [at({ ...device, system: from }, where), at({ ...device, system: to }, where)],
  };
});

const wanderers = times(150, (): Story => {
  const device = ofPlatform("android", "iphone", "ipad");
  const places = [net.home(random), net.mobile(random), net.mobile(random), net.mobile6(random), net.home(random)];
  const route = Array.from({ length: 3 + random.below(5) }, () => random.one(places));
  return {
    kind: "a phone changes networks",
    sightings: [at(device, places[0]!), ...route.map((place) => at(device, place))],
  };
});

const dualStack = times(60, (): Story => {
  const device = anyDevice();
  const v4 = net.home(random);
  const v6 = net.home6(random);
  const sightings = [v6, v4, net.sameLine6(v6, random), net.sameLine(v4, random), v6].map((each) => at(device, each));
  return { kind: "IPv4 and IPv6 in turn", sightings: [at(device, v4), ...sightings] };
});

const vpns = times(80, (): Story => {
  const device = anyDevice();
  const [own, out, out6] = [net.home(random), net.exit(random), net.exit6(random)];
  const route = random.one([[out], [out, own], [out6, out, own], [own, net.exit(random), net.exit(random)]]);
  return { kind: "a VPN goes on or off", sightings: [at(device, own), ...route.map((each) => at(device, each))] };
});

const relays = times(60, (): Story => {
  const device = deviceOf(random.one(lines.filter(({ browser }) => browser === "safari")), random.below(6));
  const route = Array.from({ length: 6 }, () => (random.below(2) ? net.exit(random) : net.exit6(random)));
  return {
    kind: "a private relay",
    sightings: [at(device, net.home(random)), ...route.map((each) => at(device, each))],
  };
});

const languageChanges = times(130, (): Story => {
  const device = anyDevice();
  const where = net.home(random);
  const first = device.languages;
  const base = first.split(",")[0]!;
  const after = random.one([
    `${first},it;q=0.4`,
    `sv-SE,sv;q=0.9,${base};q=0.8`,
    base,
    `${base},${base.slice(0, 2)};q=0.9`,
    `${base.slice(0, 2)}-CH,${first}`,
    first.split(",").reverse().join(","),
    "*",
  ]);
  return {
    kind: "languages added, removed, reordered",
    sightings: [at(device, where), at({ ...device, languages: after }, where)],
  };
});

const languageReductions = times(30, (): Story => {
  const device: Device = {
    browser: "chrome",
    version: "150",
    platform: random.one(["windows", "android"] as const),
    languages: random.one(languages),
  };
  const where = net.home(random);
  const [first = "en"] = device.languages.split(",");
  const reduced = `${first},${first.slice(0, 2)};q=0.9`;
  return {
    kind: "Accept-Language reduction",
    sightings: [at(device, where), at({ ...updated(device, 1), languages: reduced }, where)],
  };
});

const languageSwaps = times(12, (): Story => {
  const device = anyDevice();
  const where = net.home(random);
  const other = languages.find(
    (each) => each.slice(0, 2) !== device.languages.slice(0, 2) && !each.includes(device.languages.slice(0, 2)),
  )!;
  return {
    kind: "another language altogether",
    sightings: [at(device, where), at({ ...device, languages: other }, where)],
  };
});

const desktopModes = times(70, (): Story => {
  const device = ofPlatform("ipad", "iphone", "android");
  const where = random.one([net.home, net.mobile])(random);
  const desktop = { ...device, desktopMode: true };
  const moves = random.one([[desktop], [desktop, device], [desktop, device, desktop]]);
  return { kind: "desktop pages asked for", sightings: [at(device, where), ...moves.map((each) => at(each, where))] };
});

const subresources = times(100, (): Story => {
  const device = anyDevice();
  const where = net.home(random);
  const page = at(device, where);
  const other = random.one([
    () => at(device, where, { accept: "*/*", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" }),
    () =>
      at(device, where, {
        accept: "application/json",
        "accept-language": "en",
        "sec-fetch-mode": "cors",
        "sec-fetch-dest": "empty",
      }),
    () =>
      without(
        at(device, where, { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" }),
        /^(sec-ch-|sec-fetch-|accept$)/,
      ),
    () =>
      at(device, where, {
        "sec-fetch-mode": "no-cors",
        "sec-fetch-dest": "image",
        accept: "image/avif,image/webp,*/*",
      }),
    () => at(device, where, { purpose: "prefetch", "sec-purpose": "prefetch;prerender" }),
    () => at(device, where, { "sec-ch-ua-platform-version": '"15.0.0"', "sec-ch-ua-arch": '"x86"', "save-data": "on" }),
    () => at(device, where, { dnt: "1", "sec-gpc": "1", "accept-encoding": "gzip, deflate, br, zstd" }),
  ])();
  return { kind: "scripts, sockets, images, hints asked for", sightings: [page, other, page] };
});

const media = times(15, (): Story => {
  const device: Device = {
    browser: "safari",
    version: "26.2",
    platform: random.one(["iphone", "ipad"] as const),
    languages: random.one(languages),
  };
  const where = net.home(random);
  const player = `AppleCoreMedia/1.0.0.22G86 (${device.platform === "iphone" ? "iPhone; U; CPU OS 18_6" : "iPad; U; CPU OS 18_6"} like Mac OS X; en_us)`;
  const video: Sighting = {
    headers: { "user-agent": player, accept: "*/*", range: "bytes=0-1", "accept-language": device.languages },
    address: where,
  };
  return { kind: "a video in Safari", sightings: [at(device, where), video, at(device, where)] };
});

const atOnce = times(120, (): Story => {
  const device = deviceOf(random.one(lines), 3 + random.below(8));
  const from = net.home(random);
  const to = random.one([net.home, net.mobile, net.exit, net.home6])(random);
  const first = device.languages.split(",")[0]!;
  const after = random.one([
    () => updated(device, 1),
    () => updated(device, 2),
    () => ({ ...updated(device, 1), languages: `${device.languages},it;q=0.3` }),
    () => ({ ...device, languages: first }),
    () => ({ ...device, languages: `sv,${device.languages}` }),
  ])();
  return { kind: "an update or language, and another network", sightings: [at(device, from), at(after, to)] };
});

const ieModes = times(5, (): Story => {
  const device: Device = { browser: "edge", version: "150", platform: "windows", languages: "en-US,en;q=0.9" };
  const where = net.home(random);
  const ie = {
    "user-agent": "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "accept-language": "en-US",
  };
  return { kind: "Edge's mode for old pages", sightings: [at(device, where), { headers: ie, address: where }] };
});

/** Rare, done by people who know what they do, and not to be told from a theft by anything a request says. */
const disguises = times(6, (): Story => {
  const device: Device = {
    browser: "firefox",
    version: "155",
    platform: random.one(["linux", "macos"] as const),
    languages: "en-US,en;q=0.5",
  };
  const where = net.home(random);
  return {
    kind: "a browser starts to disguise itself",
    sightings: [at(device, where), at({ ...device, platform: "windows" }, where)],
  };
});

const rollbacks = times(10, (): Story => {
  const device = deviceOf(lines[0]!, random.below(5));
  const older = deviceOf(lines[0]!, 8, device.platform);
  const where = net.home(random);
  return {
    kind: "a browser is set back",
    sightings: [at(device, where), at({ ...older, languages: device.languages }, where)],
  };
});

const journeys = times(60, (): Story => {
  const device = ofPlatform("windows", "macos", "linux", "chromeos");
  const places = [net.home(random), net.exit(random), net.mobile(random), net.home(random)];
  return {
    kind: "a laptop travels",
    sightings: [at(device, net.home(random)), ...places.map((each) => at(device, each))],
  };
});

/* Thefts: the thief's network is another one, unless the kind says so. */

const elsewhere = () => random.one([net.home, net.exit])(random);
const theft = (kind: string, tell: () => readonly [Sighting, Sighting]) =>
  times(15, () => ({ kind, sightings: tell() }));
const owner = () => ({ device: anyDevice(), where: net.home(random) });
const otherLanguage = (known: string) =>
  languages.find((each) => !each.includes(known.slice(0, 2)) && !known.includes(each.slice(0, 2)))!;

const thefts: readonly Story[] = [
  ...theft("another system", () => {
    const { device, where } = owner();
    const others = (["windows", "linux", "android"] as const).filter((each) => each !== device.platform);
    return [at(device, where), at({ ...ofPlatform(random.one(others)), languages: device.languages }, elsewhere())];
  }),
  ...theft("another browser on the same system", () => {
    const where = net.home(random);
    const victim = deviceOf(random.one([lines[2]!, lines[7]!]), 2, "windows");
    const thief = deviceOf(random.one([lines[0]!, lines[3]!]), 2, "windows");
    return [at(victim, where), at({ ...thief, languages: victim.languages }, elsewhere())];
  }),
  ...theft("same system and browser, an older version, another language", () => {
    const victim = deviceOf(lines[0]!, 1, "windows");
    const thief = {
      ...deviceOf(lines[0]!, 5 + random.below(4), "windows"),
      languages: otherLanguage(victim.languages),
    };
    return [at(victim, net.home(random)), at(thief, elsewhere())];
  }),
  ...theft("same system and browser, an older version", () => {
    const victim = deviceOf(lines[0]!, 1, "windows");
    const thief = { ...deviceOf(lines[0]!, 3 + random.below(6), "windows"), languages: victim.languages };
    return [at(victim, net.home(random)), at(thief, elsewhere())];
  }),
  ...theft("same system and browser, another language", () => {
    const victim = deviceOf(lines[0]!, 1, "windows");
    return [at(victim, net.home(random)), at({ ...victim, languages: otherLanguage(victim.languages) }, elsewhere())];
  }),
  ...theft("a script under its own name", () => {
    const { device, where } = owner();
    const tool = random.one(["curl/8.14.1", "python-requests/2.32.4", "Go-http-client/1.1", "node"]);
    return [at(device, where), { headers: { "user-agent": tool, accept: "*/*" }, address: elsewhere() }];
  }),
  ...theft("a script with the owner's User-Agent and nothing else", () => {
    const { device, where } = owner();
    return [at(device, where), { headers: { "user-agent": userAgentOf(device), accept: "*/*" }, address: elsewhere() }];
  }),
  ...theft("the owner's User-Agent on another browser's hints", () => {
    const victim = deviceOf(lines[0]!, random.below(5), random.one(["macos", "linux"]));
    const thief = deviceOf(lines[0]!, 0, "windows");
    return [at(victim, net.home(random)), at(victim, elsewhere(), hintsOf(thief))];
  }),
  ...theft("same system and browser, a newer version", () => {
    const victim = deviceOf(lines[0]!, 4, "windows");
    return [at(victim, net.home(random)), at(updated(victim, 2), elsewhere())];
  }),
  ...theft("every header copied, another network", () => {
    const { device, where } = owner();
    return [at(device, where), at(device, elsewhere())];
  }),
  ...theft("every header copied, the same network", () => {
    const { device, where } = owner();
    return [at(device, where), at(device, net.sameLine(where, random))];
  }),
];

export const keptHalf: Half = {
  ordinary: [
    ...[updates, reductions, systems, wanderers, dualStack, vpns, relays, languageChanges, languageReductions].flat(),
    ...[languageSwaps, desktopModes, subresources, media, atOnce, ieModes, disguises, rollbacks, journeys].flat(),
  ],
  thefts,
};
