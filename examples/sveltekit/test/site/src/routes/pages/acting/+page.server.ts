import { redirect } from "@sveltejs/kit";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = ({ locals }) => ({ says: globalThis.suite.who(locals.session) });

/** Forms that change the session. */
export const actions: Actions = {
  async logIn({ locals, request }) {
    await globalThis.suite.logIn(locals.session, String((await request.formData()).get("name")));
  },
  async logInAndGo({ locals }) {
    await globalThis.suite.logIn(locals.session, "alice");
    redirect(303, "/pages/acting");
  },
};
