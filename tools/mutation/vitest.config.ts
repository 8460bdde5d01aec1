import { defineConfig } from "vitest/config";

/** The quick tests of the engine and of what notices thefts: every mutant runs those that reach it. */
export default defineConfig({
  // The library under test is its source: `#digests` too.
  ssr: { resolve: { conditions: ["source", "module", "node", "development|production"] } },
  test: {
    include: ["core", "http", "binding", "connections", "contain", "signals", "oidc"].map(
      (area) => `packages/sojourn/test/${area}/**/*.test.ts`,
    ),
    // It runs the built library.
    exclude: ["**/binding/loading.test.ts"],
    // Minutes, where every branch is counted.
    testNamePattern: /^(?!.*a million networks)/,
    testTimeout: 30_000,
  },
});
