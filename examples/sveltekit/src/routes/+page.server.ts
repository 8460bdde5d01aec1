import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = ({ locals }) => ({ name: locals.session.userId });

export const actions: Actions = {
  async default({ locals: { session }, request }) {
    const theme = String((await request.formData()).get("theme"));
    if (session.kind === "locked") return;
    await session.update((draft) => {
      draft.theme = theme;
    });
  },
};
