import { Router } from "express";
import { members } from "../http/members.ts";
import type { Services } from "../services.ts";
import type { MemberSession } from "../sessions.ts";

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
    (request, response, next) => {
      if (sessions.of(request).kind === "authenticated") next();
      // In another tab, or by a timeout: what was wanted is the case.
      else response.redirect(303, "/logged-out");
    },
    members(services, async ({ session, response }) => {
      await session.end({ clearSiteData: ["cache", "storage"] });
      response.redirect(303, "/logged-out");
    }),
  );

  router.post(
    "/logout/everywhere",
    members(services, async ({ session, customer, response }) => {
      await manager.revokeAll(customer.id);
      await session.end({ clearSiteData: ["cache", "storage"] });
      response.redirect(303, "/logged-out?from=everywhere");
    }),
  );

  return router;
}
