import { type Device, headersOf, userAgentOf, versionsOf } from "./browsers.ts";
import * as net from "./networks.ts";
import { seeded } from "./random.ts";
import type { Half, Sighting, Story } from "./sighting.ts";

/** The half the weights were chosen on: releases of 2024 and 2025. */

const random = seeded(7);
const at = (device: Device, address: string | null, more: Record<string, string> = {}): Sighting => ({
  headers: { ...headersOf(device), ...more },
  address,
});
const told = (kind: string, count: number, tell: () => readonly Sighting[]): readonly Story[] =>
  Array.from({ length: count }, () => ({ kind, sightings: tell() as [Sighting, ...Sighting[]] }));

const languages = [
  "en-US,en;q=0.9",
  "de,en-US;q=0.7,en;q=0.3",
  "pl-PL,pl;q=0.9",
  "ko-KR,ko;q=0.9,en;q=0.8",
  "it-IT,it;q=0.9,fr;q=0.8",
];
const series = {
  chrome: ["windows", "macos", "linux", "chromeos", "android", "iphone"],
  edge: ["windows", "macos"],
  brave: ["windows", "macos", "linux"],
  firefox: ["windows", "macos", "linux", "android"],
  safari: ["macos", "iphone", "ipad"],
} as const;
type Name = keyof typeof series;
const versions = (name: Name) => versionsOf(name === "brave" ? "chrome" : name).slice(-45, -15);

function device(name = random.one(Object.keys(series) as Name[])): Device {
  const version = random.one(versions(name).slice(0, -4));
  return { browser: name, version, platform: random.one(series[name]), languages: random.one(languages) };
}
const phone = (): Device => ({
  ...device(),
  platform: "android",
  browser: random.one(["chrome", "firefox"]),
  version: "128",
});
const later = (known: Device, steps: number): Device => {
  const all = versions(known.browser as Name);
  return { ...known, version: all[all.indexOf(known.version) + steps] ?? known.version };
};
const anywhere = () => random.one([net.home, net.mobile, net.exit, net.home6, net.mobile6])(random);

const ordinary: readonly Story[] = [
  ...told("an update", 300, () => {
    const [known, where] = [device(), net.home(random)];
    return [at(known, where), at(later(known, 1 + random.below(3)), where)];
  }),
  ...told("another network", 250, () => {
    const known = device();
    return [at(known, net.home(random)), at(known, anywhere()), at(known, anywhere()), at(known, anywhere())];
  }),
  ...told("an update on another network", 120, () => {
    const known = device();
    return [at(known, net.home(random)), at(later(known, 1), anywhere())];
  }),
  ...told("a language more, or less", 120, () => {
    const [known, where] = [device(), net.home(random)];
    const fewer = known.languages.split(",")[0]!;
    return [at(known, where), at({ ...known, languages: random.one([fewer, `${known.languages},cs;q=0.2`]) }, where)];
  }),
  ...told("desktop pages asked for", 80, () => {
    const known = random.below(2)
      ? phone()
      : { ...device("safari"), platform: random.one(["ipad", "iphone"] as const) };
    const where = anywhere();
    return [at(known, where), at({ ...known, desktopMode: true }, where), at(known, where)];
  }),
  ...told("a request by script, in the page's language", 100, () => {
    const [known, where] = [device(), net.home(random)];
    return [at(known, where), at(known, where, { accept: "*/*", "accept-language": "sv" }), at(known, anywhere())];
  }),
  ...told("a socket", 60, () => {
    const [known, where] = [device(), net.home(random)];
    const { "user-agent": agent = "", "accept-language": language = "" } = headersOf(known);
    const socket = {
      headers: { "user-agent": agent, "accept-language": language, upgrade: "websocket" },
      address: where,
    };
    return [at(known, where), socket, at(known, anywhere())];
  }),
  ...told("no address is known", 30, () => {
    const known = device();
    return [at(known, null), at(known, net.home(random)), at(known, null)];
  }),
];

const away = () => random.one([net.home, net.exit])(random);
const theft = (kind: string, tell: () => readonly Sighting[]) => told(kind, 14, tell);
const onWindows = (name: Name): Device => ({ ...device(name), platform: "windows" });

const thefts: readonly Story[] = [
  ...theft("another system", () => {
    const known = onWindows(random.one(["chrome", "firefox", "edge"]));
    return [at(known, net.home(random)), at({ ...known, platform: random.one(["macos", "linux"]) }, away())];
  }),
  ...theft("another browser on the same system", () => {
    const known = onWindows("chrome");
    return [
      at(known, net.home(random)),
      at({ ...onWindows(random.one(["firefox", "edge", "brave"])), languages: known.languages }, away()),
    ];
  }),
  ...theft("same system and browser, an older version", () => {
    const known = onWindows("chrome");
    return [at(later(known, 2), net.home(random)), at(known, away())];
  }),
  ...theft("same system and browser, another language", () => {
    const known: Device = { ...onWindows("firefox"), languages: "pl" };
    return [at(known, net.home(random)), at({ ...known, languages: "ko" }, away())];
  }),
  ...theft("a script under its own name", () => [
    at(device(), net.home(random)),
    { headers: { "user-agent": "curl/8.11.0", accept: "*/*" }, address: away() },
  ]),
  ...theft("a script with the owner's User-Agent and nothing else", () => {
    const known = device();
    return [
      at(known, net.home(random)),
      { headers: { "user-agent": userAgentOf(known), accept: "*/*" }, address: away() },
    ];
  }),
  ...theft("every header copied, another network", () => {
    const known = device();
    return [at(known, net.home(random)), at(known, away())];
  }),
  ...theft("every header copied, the same network", () => {
    const [known, where] = [device(), net.home(random)];
    return [at(known, where), at(known, net.sameLine(where, random))];
  }),
];

export const tuningHalf: Half = { ordinary, thefts };
