import { Suspense } from "react";
import { Await } from "react-router";
import type { Route } from "./+types/rendering";

/** What is awaited before the page is sent may set a cookie, what is streamed into it may not. */
export async function loader({ context, url }: Route.LoaderArgs) {
  const logIn = () => globalThis.suite.logIn(context, "alice").then(() => "logged in", globalThis.suite.told);
  if (url.searchParams.has("awaited")) return { says: await logIn() };
  return { says: new Promise<void>((resolve) => setTimeout(resolve, 50)).then(logIn) };
}

export default function Page({ loaderData }: Route.ComponentProps) {
  return (
    <Suspense fallback="Wait">
      <Await resolve={loaderData.says}>{(says) => <pre>{says}</pre>}</Await>
    </Suspense>
  );
}
