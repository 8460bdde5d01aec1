import type { ErrorRequestHandler, RequestHandler } from "express";
import { SojournError } from "sojourn";
import { logFailure } from "../log.ts";
import type { Services } from "../services.ts";
import { unknownReader } from "../views/layout.ts";
import { type Refusal, refusalPage } from "../views/refusal.ts";
import { readerOf, sendTo } from "./pages.ts";
import { RefusedError } from "./refused-error.ts";

const toFrontPage = { path: "/", text: "To the front page" };

/** For whatever no route has answered. */
export const notFound: RequestHandler = () => {
  throw new RefusedError(noSuchPage);
};

export const noSuchPage: Refusal = {
  status: 404,
  title: "There is no such page",
  text: "The address may be mistyped, or what was here is gone.",
  link: toFrontPage,
};

/** A friendly page for every error: what happened and what to do, never a message or a stack from inside. */
export function errorPages(services: Services): ErrorRequestHandler {
  return async (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const refusal = refusalFor(error);
    if (refusal.status >= 500) logFailure(services.log, { error, time: services.clock.now() });
    if (refusal.status === 503) response.set("Retry-After", "5");
    // Whatever went wrong may also stand in the way of knowing who reads; before a form is read there is no session yet.
    const reader = await readerOf(services, request).catch(() => unknownReader);
    sendTo(reader, response, { status: refusal.status, page: refusalPage(refusal) });
  };
}

function refusalFor(error: unknown): Refusal {
  if (error instanceof RefusedError) return error.refusal;
  if (error instanceof SojournError) return refusalForSession(error);
  const status = statusOf(error);
  if (status === 413) {
    return {
      status,
      title: "That was too much",
      text: "The form you sent is larger than any of ours.",
      link: toFrontPage,
    };
  }
  if (status >= 400 && status < 500) {
    return {
      status,
      title: "We could not read that",
      text: "Your browser sent something unexpected.",
      link: toFrontPage,
    };
  }
  return {
    status: 500,
    title: "Something went wrong",
    text: "That is our fault. Look at your account before you try again.",
    link: toFrontPage,
  };
}

function refusalForSession({ code, status }: SojournError): Refusal {
  if (status === 503) {
    return {
      status,
      title: "We cannot reach our records",
      text: "You are not logged out, and nothing is lost. Please try again in a moment.",
      link: { path: "/account", text: "Try again" },
    };
  }
  if (code === "ERR_CSRF_REFUSED") {
    return {
      status,
      title: "That did not come from our pages",
      text: "Another site sent this form in your name, so we did nothing.",
      link: toFrontPage,
    };
  }
  if (code === "ERR_INSECURE_TRANSPORT" || code === "ERR_INSECURE_ORIGIN") {
    return {
      status,
      title: "This connection is not safe",
      text: "We log nobody in over an unencrypted connection. Open the bank with https.",
      link: toFrontPage,
    };
  }
  if (code === "ERR_SESSION_AMBIGUOUS") {
    return {
      status,
      title: "You may still be logged in",
      text: "Your browser sent two different sessions, so we ended neither. Delete the cookies of this site, then log in and end them on the page of your devices.",
      link: { path: "/login", text: "Log in" },
    };
  }
  if (status === 401) {
    return {
      status,
      title: "Your session ended meanwhile",
      text: "Nothing was changed. Please log in again.",
      link: { path: "/login", text: "Log in" },
    };
  }
  return { status: 500, title: "Something went wrong", text: "That is our fault. Nothing is lost.", link: toFrontPage };
}

/** The status that Express and its body parser give their errors. */
function statusOf(error: unknown): number {
  const status: unknown = typeof error === "object" && error !== null && Reflect.get(error, "status");
  return typeof status === "number" ? status : 500;
}
