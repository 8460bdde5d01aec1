import { redirect } from "react-router";
import { sessions } from "../sessions.server.ts";
import type { Route } from "./+types/logout";

export const action = ({ context }: Route.ActionArgs) =>
  sessions
    .of(context)
    .end()
    .then(() => redirect("/login", 303));
