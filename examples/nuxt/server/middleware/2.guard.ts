const requireUser = sessions.requireUser({ at: "/login" });

export default defineEventHandler((event) => (event.path === "/" ? requireUser(event) : undefined));
