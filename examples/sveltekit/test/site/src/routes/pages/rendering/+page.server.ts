import type { PageServerLoad } from "./$types";

/** What is awaited before the page is sent may set a cookie, what is streamed into it may not. */
export const load: PageServerLoad = async ({ locals, url }) => {
  const logIn = () => globalThis.suite.logIn(locals.session, "alice").then(() => "logged in", globalThis.suite.told);
  if (url.searchParams.has("awaited")) return { says: await logIn() };
  return { says: new Promise<void>((resolve) => setTimeout(resolve, 20)).then(logIn) };
};
