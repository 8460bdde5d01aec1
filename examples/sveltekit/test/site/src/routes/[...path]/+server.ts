import type { RequestHandler } from "@sveltejs/kit";

export const fallback: RequestHandler = (event) => globalThis.suite.respond(event);
