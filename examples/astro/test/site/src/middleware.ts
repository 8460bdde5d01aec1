import { defineMiddleware, sequence } from "astro:middleware";

const open = defineMiddleware((context, next) => globalThis.suite.open(context, next));
const guard = defineMiddleware((context, next) => globalThis.suite.guard(context, next));

// Astro builds and hosts the suite's application; what it does is in ../../application.ts.
export const onRequest = sequence(open, guard);
