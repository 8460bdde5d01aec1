import { redirect } from "react-router";
import { sessions } from "../sessions.server.ts";
import type { Route } from "./+types/login";

export async function action({ context, request }: Route.ActionArgs) {
  const form = await request.formData();
  const isRight = form.get("name") === "alice" && form.get("password") === "correct horse"; // yours to check
  if (isRight) await context.get(sessions.context).authenticate({ id: "alice", keep: ["visits"] });
  return redirect(isRight ? "/" : "/login", 303);
}

export default function Login() {
  return (
    <form method="post">
      <input name="name" /> <input name="password" type="password" /> <button type="submit">Log in</button>
    </form>
  );
}
