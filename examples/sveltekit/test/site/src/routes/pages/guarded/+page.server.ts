import type { PageServerLoad } from "./$types";

/** Guarded by a hook, also where SvelteKit asks for its data alone. */
export const load: PageServerLoad = ({ locals }) => ({ says: globalThis.suite.who(locals.session) });
