import { redirect } from "@sveltejs/kit";
import type { Actions } from "./$types";

export const actions: Actions = {
  async default({ locals, request }) {
    const form = await request.formData();
    const isRight = form.get("name") === "alice" && form.get("password") === "correct horse"; // yours to check
    if (isRight) await locals.session.authenticate({ id: "alice", keep: ["theme"] });
    redirect(303, isRight ? "/" : "/login");
  },
};
