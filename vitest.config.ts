import { defineConfig } from "vitest/config";

/** One configuration for every suite; scripts/suites.mjs says which folders a suite runs. */
export default defineConfig({
  // The library under test is its source: `#digests` too.
  ssr: { resolve: { conditions: ["source", "module", "node", "development|production"] } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/*/test/**/*.test.ts"],
    // Every secret that is minted is remembered, and searched for in every event, error and line of output.
    setupFiles: ["packages/sojourn/test/hostile/secrets/setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    typecheck: {
      enabled: true,
      include: ["packages/*/test/types/**/*.test-d.ts"],
      tsconfig: "packages/sojourn/test/tsconfig.json",
      ignoreSourceErrors: true,
    },
  },
});
