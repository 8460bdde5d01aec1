import { describe, expect, test } from "vitest";
import { readClient } from "../../src/signals/read.ts";
import { signalRules } from "../../src/signals/rules.ts";
import { aRequest } from "../http/exchange.ts";

const linux = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";
const phone = linux.replace("X11; Linux x86_64", "Linux; Android 10; K");
const read = (headers: Readonly<Record<string, string>>, options = {}) =>
  readClient(aRequest({ method: "GET", headers }), signalRules(options));

test("a browser, as it says of itself", () => {
  expect(
    read({
      "user-agent": linux,
      "sec-ch-ua": '"Not)A;Brand";v="8", "Chromium";v="150", "Google Chrome";v="150"',
      "sec-ch-ua-platform": '"Linux"',
      "sec-fetch-mode": "navigate",
      "accept-language": "de-DE,de;q=0.9,en-US;q=0.8",
    }),
  ).toEqual({
    client: "chrome",
    version: 150,
    brand: "google chrome",
    platform: "linux",
    languages: ["de", "en"],
    networks: [],
    habits: "hf",
    own: "",
    hintedPlatform: "linux",
    isSocket: false,
  });
});

test("somebody who says nothing", () => {
  expect(read({})).toEqual({
    client: "",
    version: 0,
    brand: "",
    platform: "",
    languages: [],
    networks: [],
    habits: "",
    own: "",
    hintedPlatform: "",
    isSocket: false,
  });
});

describe("hints and User-Agent contradict each other", () => {
  test.each<[string, string, string, boolean]>([
    ["Windows said, Linux shown", linux, '"Windows"', true],
    ["Linux said, a phone shown", phone, '"Linux"', true],
    ["a phone said, Windows shown", linux.replace("X11; Linux x86_64", "Windows NT 10.0"), '"Android"', true],
    ["the same", linux, '"Linux"', false],
    ["a phone that asks for desktop pages", linux, '"Android"', false],
    ["a phone, and nothing else", phone, '"Android"', false],
    ["a hint that nobody knows", linux, '"Amiga"', false],
    ["a User-Agent that says nothing", "", '"Windows"', false],
  ])("%s: %#", (_what, agent, platform, contradicts) => {
    const { habits } = read({ "user-agent": agent, "sec-ch-ua": '"Chromium";v="150"', "sec-ch-ua-platform": platform });
    expect(habits).toBe(contradicts ? "hc" : "h");
  });
});

describe("languages", () => {
  const languages = (header: string, options = {}) => read({ "accept-language": header }, options).languages;

  test("are the primary subtags, at most eight, each once", () => {
    expect(languages("en-US,en;q=0.9, FR-ca;q=0.8,*;q=0.1,engl")).toEqual(["en", "fr"]);
    expect(languages("aa,bb,cc,dd,ee,ff,gg,hh,ii")).toEqual(["aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh"]);
  });

  test("are read no further than any browser writes", () => {
    expect(languages(`${" ".repeat(510)},de`)).toEqual([]);
  });

  test("are not looked at where they are switched off", () => {
    expect(languages("de", { languages: false })).toEqual([]);
  });
});
