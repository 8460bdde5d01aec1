import type { PageServerLoad } from "./$types";

/** What is awaited before the page is sent may set a cookie, also by a request of its own; what is streamed into it may not. */
export const load: PageServerLoad = async ({ fetch, locals, url }) => {
  const logIn = () => globalThis.suite.logIn(locals.session, "alice").then(() => "logged in", globalThis.suite.told);
  if (url.searchParams.has("awaited")) return { says: await logIn() };
  if (url.searchParams.has("fetched")) {
    const { status } = await fetch("/login", { method: "POST", body: "alice" });
    return { says: String(status) };
  }
  if (url.searchParams.has("asked")) return { says: (await (await fetch("/me")).json()).userId };
  return { says: new Promise<void>((resolve) => setTimeout(resolve, 20)).then(logIn) };
};
