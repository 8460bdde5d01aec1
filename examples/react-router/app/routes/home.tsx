import { sessions } from "../sessions.server.ts";
import type { Route } from "./+types/home";

export const middleware = [sessions.requireUser({ at: "/login" })];

export async function loader({ context }: Route.LoaderArgs) {
  const session = sessions.userOf(context);
  await session.update((draft) => {
    draft.visits = (draft.visits ?? 0) + 1;
  });
  return `Hello, ${session.userId}, for the ${session.data.visits}. time`;
}

export default function Home({ loaderData }: Route.ComponentProps) {
  return <p>{loaderData}</p>;
}
