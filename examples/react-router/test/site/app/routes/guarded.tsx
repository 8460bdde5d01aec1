import type { Route } from "./+types/guarded";

/** Guarded by a middleware, also where React Router asks for its data alone. */
export const loader = ({ context }: Route.LoaderArgs) => globalThis.suite.who(context);

export default function Page({ loaderData }: Route.ComponentProps) {
  return <pre>{loaderData}</pre>;
}
