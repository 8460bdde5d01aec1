import { Router } from "express";
import { localPath } from "sojourn";
import { textField } from "../http/fields.ts";
import { showLogIn } from "../http/members.ts";
import { sendPage } from "../http/pages.ts";
import type { Services } from "../services.ts";
import { themes } from "../sessions.ts";
import { cookieMissingPage, homePage, loggedOutPage } from "../views/visitors.ts";

/** What everybody may see and do. */
export function visitorRoutes(services: Services): Router {
  const { sessions } = services;
  const router = Router();

  router.get("/", async (request, response) => {
    if (sessions.of(request).kind === "authenticated") return response.redirect(303, "/account");
    await sendPage(services, { request, response }, homePage());
  });

  // Where a log-in ends: on another request, so that it shows whether the browser has kept the cookie.
  router.get("/welcome", async (request, response) => {
    const session = sessions.of(request);
    const returnTo = localPath(request.query.return_to) ?? "/account";
    if (session.kind === "authenticated") return response.redirect(303, returnTo);
    if (session.kind === "anonymous" && session.because === "none") {
      const page = cookieMissingPage({ isSecure: request.secure });
      return sendPage(services, { request, response }, page, { status: 401 });
    }
    await showLogIn(services, { request, response }, returnTo);
  });

  // Where the script goes when the time is up: says why, or goes back if another tab has kept the session awake.
  router.get("/timeout", async (request, response) => {
    const returnTo = localPath(request.query.return_to) ?? "/account";
    if (sessions.of(request).kind === "authenticated") return response.redirect(303, returnTo);
    await showLogIn(services, { request, response }, returnTo);
  });

  router.get("/logged-out", async (request, response) => {
    const text =
      request.query.from === "everywhere" ? "On this device and on all others." : "Nobody can see your account here.";
    await sendPage(services, { request, response }, loggedOutPage({ text }));
  });

  router.get("/closed", async (request, response) => {
    const page = loggedOutPage({ text: "Your account is closed, and you are logged out on all your devices." });
    await sendPage(services, { request, response }, page);
  });

  // May be chosen before a log-in, and is kept through it.
  router.post("/theme", async (request, response) => {
    const session = sessions.of(request);
    const theme = themes.find((each) => each === textField(request, "theme"));
    if (theme && session.kind !== "locked") {
      await session.update((draft) => {
        draft.theme = theme;
      });
    }
    response.redirect(303, localPath(textField(request, "return_to")) ?? "/");
  });

  return router;
}
