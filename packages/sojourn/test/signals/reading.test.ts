import fc from "fast-check";
import { expect, test } from "vitest";
import { parseClientHints } from "../../src/signals/client-hints.ts";
import { coarseNetwork } from "../../src/signals/network.ts";
import { parseUserAgent } from "../../src/signals/user-agent.ts";
import { anyText } from "../support/texts.ts";

test.each([
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0",
    "edge",
    150,
    "windows",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/150.0 Mobile/15E148 Safari/604.1",
    "chrome",
    150,
    "iphone",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.2 Safari/605.1.15",
    "safari",
    26,
    "macos",
  ],
  ["curl/8.14.1", "curl", 0, ""],
  ["", "", 0, ""],
])("%j is read", (text, client, version, platform) => {
  expect(parseUserAgent(text)).toEqual({ client, version, platform });
});

test.each([
  ['"Not(A:Brand";v="24", "Chromium";v="150", "Brave";v="150"', "brave"],
  ['"Chromium";v="150", "Not_A Brand";v="8"', ""],
  ['" Not A;Brand";v="99", "Google Chrome";v="99", "Chromium";v="99"', "google chrome"],
])("the brand in %s is %j", (brands, brand) => {
  expect(parseClientHints(brands, '"Windows"')).toEqual({ brand, platform: "windows" });
});

test("whatever is sent, something short is read", () => {
  fc.assert(
    fc.property(anyText({ maxLength: 2_000 }), (text) => {
      const { client, platform } = parseUserAgent(text);
      const hints = parseClientHints(text, text);
      for (const read of [client, platform, hints.brand, hints.platform, coarseNetwork(text) ?? ""]) {
        expect(read.length).toBeLessThanOrEqual(40);
      }
    }),
  );
});
