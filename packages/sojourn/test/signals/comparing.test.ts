import { describe, expect, test } from "vitest";
import type { StoredSignals } from "../../src/core/signals.ts";
import { changesBetween, remembering } from "../../src/signals/compare.ts";
import type { Reading } from "../../src/signals/read.ts";

/** Chrome on Linux, as it says of itself in each request. */
const chrome: StoredSignals = {
  client: "chrome",
  version: 150,
  brand: "google chrome",
  platform: "linux",
  languages: ["de", "en"],
  networks: ["192.0.2.0/24"],
  habits: "hf",
  own: "",
};
const seen = (differences: Partial<Reading> = {}): Reading => ({
  ...chrome,
  hintedPlatform: "linux",
  isSocket: false,
  ...differences,
});
const known = (differences: Partial<StoredSignals> = {}): StoredSignals => ({ ...chrome, ...differences });

describe("what is a change", () => {
  test.each<[string, StoredSignals, Reading, string]>([
    ["nothing", chrome, seen(), ""],
    ["another browser", chrome, seen({ client: "firefox", brand: "" }), "client"],
    [
      "another browser, whose version and brand are its own",
      chrome,
      seen({ client: "edge", version: 1, brand: "edge" }),
      "client",
    ],
    ["a browser where nobody knew one", known({ client: "" }), seen(), ""],
    ["no browser any more", chrome, seen({ client: "", version: 0 }), "client"],
    ["a later version", chrome, seen({ version: 151 }), ""],
    ["an earlier version", chrome, seen({ version: 149 }), "older-version"],
    ["no version", chrome, seen({ version: 0 }), ""],
    ["another brand", chrome, seen({ brand: "brave" }), "brand"],
    ["no brand any more", chrome, seen({ brand: "" }), ""],
    ["a brand where nobody knew one", known({ brand: "" }), seen(), ""],
    ["another system", chrome, seen({ platform: "windows" }), "platform"],
    ["no system any more", chrome, seen({ platform: "" }), ""],
    ["a system where nobody knew one", known({ platform: "" }), seen(), ""],
    ["desktop pages on a phone", known({ platform: "android" }), seen(), "desktop-mode"],
    ["a phone's pages again", chrome, seen({ platform: "android" }), "desktop-mode"],
    ["a language more", chrome, seen({ languages: ["fr", "en"] }), ""],
    ["other languages", chrome, seen({ languages: ["fr", "it"] }), "languages"],
    ["no languages any more", chrome, seen({ languages: [] }), ""],
    ["languages where nobody knew any", known({ languages: [] }), seen(), ""],
    ["another network", chrome, seen({ networks: ["198.51.100.0/24"] }), "network"],
    ["no network any more", chrome, seen({ networks: [] }), ""],
    ["no hints any more", chrome, seen({ habits: "f" }), "no-hints"],
    ["no Fetch Metadata any more", chrome, seen({ habits: "h" }), "no-fetch-metadata"],
    ["neither, of a socket", chrome, seen({ habits: "", isSocket: true }), ""],
    ["neither, of the browser's player", chrome, seen({ habits: "", version: 0 }), ""],
    ["hints where there were none", known({ habits: "f" }), seen(), ""],
    ["hints that contradict it", chrome, seen({ habits: "hfc" }), "contradiction"],
    ["hints that contradict it as ever", known({ habits: "hfc" }), seen({ habits: "hfc" }), ""],
    ["hints that contradict it no more", known({ habits: "hfc" }), seen(), ""],
  ])("%s: %#", (_what, before, now, changes) => {
    expect(changesBetween(before, now).join()).toBe(changes);
  });
});

describe("what a served request teaches the session", () => {
  test("nothing new is the very same object, so that nothing is written", () => {
    expect(remembering(chrome, seen())).toBe(chrome);
    expect(remembering(chrome, seen({ languages: ["en"] }))).toBe(chrome);
  });

  test.each<[keyof StoredSignals, Partial<Reading>, unknown]>([
    ["client", { client: "edge" }, "edge"],
    ["version", { version: 151 }, 151],
    ["brand", { brand: "brave" }, "brave"],
    ["platform", { platform: "android" }, "android"],
    ["languages", { languages: ["fr", "en"] }, ["fr", "en", "de"]],
    ["networks", { networks: ["198.51.100.0/24"] }, ["198.51.100.0/24", "192.0.2.0/24"]],
    ["habits", { habits: "f" }, "f"],
  ])("another %s, and nothing else", (name, differences, learnt) => {
    expect(remembering(chrome, seen(differences))).toEqual({ ...chrome, [name]: learnt });
  });

  test.each<[string, Partial<Reading>]>([
    [
      "a client that says nothing",
      { client: "", version: 0, brand: "", platform: "", languages: [], networks: [], habits: "" },
    ],
    ["a socket", { platform: "windows", networks: ["198.51.100.0/24"], habits: "", isSocket: true }],
    ["the browser's player", { version: 0, habits: "" }],
  ])("%s teaches nothing", (_what, differences) => {
    expect(remembering(chrome, seen(differences))).toBe(chrome);
  });

  test("at most four networks and eight languages, the latest first, and what the application keeps", () => {
    const networks = ["1", "2", "3", "4"];
    const languages = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const next = remembering(
      known({ networks, languages, own: "earth" }),
      seen({ networks: ["5"], languages: ["i", "a"] }),
    );
    expect(next.networks).toEqual(["5", "1", "2", "3"]);
    expect(next.languages).toEqual(["i", "a", "b", "c", "d", "e", "f", "g"]);
    expect(next.own).toBe("earth");
  });
});
