export default defineEventHandler((event) => globalThis.suite.guard(event));
