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

/** The brand that is neither the engine nor made up: browsers add nonsense so that nobody relies on the list's form. */
export function parseClientHints(brands: string | null, platform: string | null): ClientHints {
  const names = [...(brands ?? "").slice(0, 512).matchAll(/"([^"]{1,40})";\s*v="/g)].map(([, name = ""]) => name);
  const brand = names.find((name) => name !== "Chromium" && !/not[^a-z]*a[^a-z]*brand/i.test(name)) ?? "";
  const said = (platform ?? "").slice(0, 40).replaceAll('"', "").toLowerCase();
  return { brand: brand.toLowerCase(), platform: Object.hasOwn(platforms, said) ? (platforms[said] ?? "") : "" };
}
