import { remembered } from "./remembered.ts";

/** What the hints that Chromium sends unasked say; `""` where they are not there or not understood. */
export interface ClientHints {
  readonly brand: string;
  readonly platform: string;
}

const platforms: { readonly [name: string]: string } = {
  windows: "windows",
  macos: "macos",
  linux: "linux",
  "chrome os": "chromeos",
  "chromium os": "chromeos",
  android: "android",
};

export function parseClientHints(brands: string | null, platform: string | null): ClientHints {
  return { brand: brandIn(brands), platform: platformIn(platform) };
}

/** The brand that is neither the engine nor made up: browsers add nonsense so that nobody relies on the list's form. */
const brandIn = remembered((brands: string | null): string => {
  const names = [...(brands ?? "").slice(0, 512).matchAll(/"([^"]{1,40})";\s*v="/g)].map(([, name = ""]) => name);
  const brand = names.find((name) => name !== "Chromium" && !/not[^a-z]*a[^a-z]*brand/i.test(name)) ?? "";
  return brand.toLowerCase();
});

const platformIn = remembered((platform: string | null): string => {
  const said = (platform ?? "").slice(0, 40).replaceAll('"', "").toLowerCase();
  return Object.hasOwn(platforms, said) ? (platforms[said] ?? "") : "";
});
