import { sessions } from "../../sessions.ts";

export const POST = sessions.route(async (_request, { session }) => {
  await session.end();
  return new Response(null, { status: 303, headers: { Location: "/login" } });
});
