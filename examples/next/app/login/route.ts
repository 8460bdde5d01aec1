import { sessions } from "../../sessions.ts";

const page =
  '<form method="post"><input name="name"><input name="password" type="password"><button>Log in</button></form>';
export const GET = () => new Response(page, { headers: { "Content-Type": "text/html" } });

export const POST = sessions.route(async (request, { session }) => {
  const form = await request.formData();
  const isRight = form.get("name") === "alice" && form.get("password") === "correct horse"; // yours to check
  if (isRight) await session.authenticate({ id: "alice", keep: ["theme"] });
  return new Response(null, { status: 303, headers: { Location: isRight ? "/" : "/login" } });
});
