import type { RequestHandler } from "express";
import { requireUser } from "sojourn";
import type { Customer } from "../customers.ts";
import type { Services } from "../services.ts";
import type { BankSession, MemberSession } from "../sessions.ts";
import { logInPage, type WhyLoggedOut } from "../views/log-in.ts";
import { textField } from "./fields.ts";
import { type Exchange, sendPage } from "./pages.ts";
import { RefusedError } from "./refused-error.ts";

/** A request of somebody who is logged in. */
export interface MemberExchange extends Exchange {
  readonly session: MemberSession;
  readonly customer: Customer;
}

/**
 * A handler for members only. Others get the log-in page in place of the one they wanted, which says why: a redirect would
 * lose the reason. What changes something must also carry the token of this very session, so that a form opened under an
 * earlier log-in cannot act for a later one.
 */
export function members(services: Services, handle: (exchange: MemberExchange) => Promise<void>): RequestHandler {
  return async (request, response) => {
    const verdict = requireUser(services.sessions.of(request));
    if (!verdict.met) {
      response.status(verdict.challenge.status).set(verdict.challenge.headers);
      return showLogIn(services, { request, response });
    }
    const { session } = verdict;
    const customer = services.customers.byId(session.userId);
    if (!customer) {
      await session.end();
      return showLogIn(services, { request, response });
    }
    const changesNothing = request.method === "GET" || request.method === "HEAD";
    if (!changesNothing && !session.isCsrfToken(textField(request, "_csrf"))) throw new RefusedError(outOfDate);
    await handle({ request, response, session, customer });
  };
}

const outOfDate = {
  status: 403,
  title: "This page is out of date",
  text: "It was opened before you last logged in, perhaps in another tab. Nothing was changed.",
  link: { path: "/account", text: "To your account" },
};

/** The log-in page, with the reason why it is shown. */
export async function showLogIn(services: Services, exchange: Exchange, returnTo?: string | null): Promise<void> {
  const { request } = exchange;
  const because = whyLoggedOut(services.sessions.of(request));
  const wanted = request.method === "GET" ? request.originalUrl : null;
  const page = logInPage({ because, email: "", returnTo: returnTo === undefined ? wanted : returnTo, problems: {} });
  await sendPage(services, exchange, page, { status: 401 });
}

/** The reason that the log-in page gives; a visitor who never logged in was not logged out by any. */
export function whyLoggedOut(session: BankSession): WhyLoggedOut {
  if (session.kind === "locked") return session.because;
  return session.kind === "authenticated" || session.wasLoggedIn === false ? "none" : session.because;
}
