import { Router } from "express";
import { members } from "../http/members.ts";
import type { Services } from "../services.ts";
import type { MemberSession } from "../sessions.ts";

/** What the browser has kept of the bank goes with the session. */
const forgetting = { clearSiteData: ["cache", "storage"] } as const;

/** Staying logged in, and logging out. */
export function leavingRoutes(services: Services): Router {
  const { sessions, manager, clock } = services;
  const router = Router();

  function timeLeft({ endsAt }: MemberSession) {
    return { idle: endsAt.idle - clock.now(), absolute: endsAt.absolute - clock.now() };
  }

  // How long the session still lasts, in milliseconds. Asking does not make it last longer: see `isPolling`.
  router.get("/session", (request, response) => {
    const session = sessions.of(request);
    response.set("Cache-Control", "no-store");
    if (session.kind === "authenticated") response.json(timeLeft(session));
    else response.status(401).json({ error: "signed-out" });
  });

  // The user is still there: any request but polling says so, and this one says nothing else.
  router.post(
    "/session",
    members(services, async ({ request, response, session }) => {
      response.set("Cache-Control", "no-store");
      if (request.accepts(["html", "json"]) === "json") response.json(timeLeft(session));
      else response.redirect(303, "/account");
    }),
  );

  router.post(
    "/logout",
    async (request, response, next) => {
      const session = sessions.of(request);
      if (session.kind === "authenticated") return next();
      // A cookie that was refused may still name a session that stands, like one whose secret another tab has replaced:
      // nobody is told to be logged out while it does.
      if (session.kind !== "anonymous" || session.because !== "none") await session.end(forgetting);
      response.redirect(303, "/logged-out");
    },
    members(services, async ({ session, response }) => {
      await session.end(forgetting);
      response.redirect(303, "/logged-out");
    }),
  );

  router.post(
    "/logout/everywhere",
    members(services, async ({ session, customer, response }) => {
      await manager.revokeAll(customer.id);
      await session.end(forgetting);
      response.redirect(303, "/logged-out?from=everywhere");
    }),
  );

  return router;
}
