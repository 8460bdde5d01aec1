import type { Route } from "./+types/all";

export const loader = (args: Route.LoaderArgs) => globalThis.suite.respond(args);
export const action = (args: Route.ActionArgs) => globalThis.suite.respond(args);
