import type { APIRoute } from "astro";

export const ALL: APIRoute = (context) => globalThis.suite.respond(context);
