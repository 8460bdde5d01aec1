import { defineConfig } from "vitest/config";

/** The quick tests of the core: every mutant runs those that reach it. */
export default defineConfig({
  // The library under test is its source: `#digests` too.
  ssr: { resolve: { conditions: ["source", "module", "node", "development|production"] } },
  test: {
    include: ["core", "http"].map((area) => `packages/sojourn/test/${area}/**/*.test.ts`),
    testTimeout: 10_000,
  },
});
