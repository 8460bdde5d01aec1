export default defineNuxtConfig({
  compatibilityDate: "2026-11-01",
  telemetry: false,
  devtools: { enabled: false },
  // All in one: the test runner resolves modules by conditions of its own.
  nitro: { preset: "node-listener", errorHandler: "~~/server/error.ts", noExternals: true },
});
