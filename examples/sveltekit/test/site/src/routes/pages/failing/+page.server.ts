import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = ({ locals }) => globalThis.suite.count(locals.session);
