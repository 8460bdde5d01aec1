import type { RequestHandler } from "./$types";

export const POST: RequestHandler = async ({ locals }) => {
  await locals.session.end();
  return new Response(null, { status: 303, headers: { Location: "/login" } });
};
