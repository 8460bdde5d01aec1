import { redirect } from "react-router";
import type { Route } from "./+types/acting";

export const loader = ({ context }: Route.LoaderArgs) => globalThis.suite.who(context);

/** A form that changes the session. */
export async function action({ context, request }: Route.ActionArgs) {
  const form = await request.formData();
  await globalThis.suite.logIn(context, String(form.get("name")));
  return form.has("go") ? redirect("/pages/acting", 303) : null;
}

export default function Page({ loaderData }: Route.ComponentProps) {
  return <pre>{loaderData}</pre>;
}
