import { configDefaults, defineConfig } from "vitest/config";

const auditor = ["packages/audit/test/**/*.test.ts", "packages/audit/applications/**/*.test.ts"];
/** Millions of runs of the engine: nobody listens there, so that they end soon. */
const searches = ["races*", "linearizability", "faults", "soak", "contain-long"].map(
  (area) => `packages/*/test/${area}/**/*.test.ts`,
);

/** One configuration for every suite; scripts/suites.mjs says which folders a suite runs. */
export default defineConfig({
  // The library under test is its source: `#digests` too. Not "module": what stands there is for bundlers, not for Node.
  ssr: { resolve: { conditions: ["source", "node", "development|production"] } },
  test: {
    // What a framework has built is loaded as Node loads it.
    server: { deps: { external: [/\/examples\/[\w-]+\/test\/[\w-]+\/(?:build|dist|\.output)\//] } },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "stories",
          include: ["packages/*/test/**/*.test.ts", "examples/*/test/**/*.test.ts", "bench/test/**/*.test.mjs"],
          exclude: [...configDefaults.exclude, ...searches, ...auditor],
          // Every secret that is minted is remembered, and searched for in every event, error and line of output.
          setupFiles: ["packages/sojourn/test/hostile/secrets/setup.ts"],
          typecheck: {
            enabled: true,
            include: ["packages/*/test/types/**/*.test-d.ts"],
            tsconfig: "packages/sojourn/test/tsconfig.json",
            ignoreSourceErrors: true,
          },
        },
      },
      // The auditor is a package of its own: nothing of the library's is listened to there.
      { extends: true, test: { name: "auditor", include: auditor, testTimeout: 60_000 } },
      { extends: true, test: { name: "searches", include: searches } },
    ],
  },
});
