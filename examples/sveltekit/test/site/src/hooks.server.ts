import { redirect } from "@sveltejs/kit";
import { type Handle, type HandleServerError, sequence } from "@sveltejs/kit/hooks";

const open: Handle = (input) => globalThis.suite.handle(input);
const guard: Handle = (input) => globalThis.suite.guard(input);

/** A hook that goes after the sessions', and does not let SvelteKit answer. */
const leave: Handle = async ({ event, resolve }) => {
  if (event.url.pathname !== "/pages/leaving") return resolve(event);
  if (event.url.searchParams.has("logged-in")) await globalThis.suite.logIn(event.locals.session, "alice");
  if (event.url.searchParams.has("failing")) throw new Error("The hook failed");
  redirect(303, "/pages/acting");
};

// SvelteKit builds and hosts the suite's application; what it does is in ../../application.ts.
export const handle = sequence(open, guard, leave);
export const handleError: HandleServerError = (input) => globalThis.suite.handleError(input);
