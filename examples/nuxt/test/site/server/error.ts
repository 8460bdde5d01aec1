// Before Nuxt's own, which makes pages.
export default defineNitroErrorHandler((error, event) => globalThis.suite.answerError(error, event));
