import { defineMiddleware, sequence } from "astro:middleware";
import { sessions } from "./sessions.ts";

const requireUser = sessions.requireUser({ at: "/login" });
const guard = defineMiddleware((context, next) => (context.url.pathname === "/" ? requireUser(context, next) : next()));

export const onRequest = sequence(sessions.onRequest, guard);
