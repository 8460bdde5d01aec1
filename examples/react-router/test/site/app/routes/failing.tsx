import type { Route } from "./+types/failing";

export const loader = ({ context }: Route.LoaderArgs) => globalThis.suite.count(context);

export default function Page() {
  return <pre>counted</pre>;
}
