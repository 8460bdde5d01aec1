// Nuxt builds and hosts the suite's application; what it does is in ../../../application.ts.
export default defineEventHandler((event) => globalThis.suite.open(event));
