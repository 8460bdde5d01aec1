import { sessions } from "../sessions.ts";

async function choose(form: FormData) {
  "use server";
  const session = await sessions.current();
  if (session.kind !== "authenticated") return;
  await session.update((draft) => {
    draft.theme = String(form.get("theme"));
  });
}

export default async function Page() {
  const { userId, data } = await sessions.requireUser({ at: "/login" });
  return (
    <form action={choose}>
      {`Hello, ${userId}`} <input name="theme" defaultValue={data.theme} /> <input type="submit" value="Choose" />
    </form>
  );
}
