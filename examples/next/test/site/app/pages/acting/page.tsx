import { tools } from "../../../tools.ts";

async function act(form: FormData) {
  "use server";
  await globalThis.suite.act(tools, form);
}

/** A form whose action changes the session, and who is logged in. */
export default async function Page() {
  return (
    <form action={act}>
      <input name="do" />
      <pre>{await globalThis.suite.who(tools)}</pre>
    </form>
  );
}
