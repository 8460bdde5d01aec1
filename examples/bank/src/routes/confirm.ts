import { Router } from "express";
import { localPath } from "sojourn";
import { rawField, textField } from "../http/fields.ts";
import { type MemberExchange, members } from "../http/members.ts";
import { sendPage } from "../http/pages.ts";
import { RefusedError } from "../http/refused-error.ts";
import { isOwnPassword } from "../http/step-up.ts";
import type { Services } from "../services.ts";
import type { PendingAction } from "../sessions.ts";
import { confirmPage } from "../views/confirm.ts";
import type { Problems } from "../views/form.ts";
import { makeTransfer, transferProblem } from "./make-transfer.ts";

/** The page that asks for the password again, and what was waiting for it. */
export function confirmRoutes(services: Services): Router {
  const { customers } = services;
  const router = Router();

  async function show(exchange: MemberExchange, wanted: Wanted, problems: Problems): Promise<void> {
    const { email } = exchange.customer;
    const status = Object.keys(problems).length === 0 ? 200 : 422;
    await sendPage(services, exchange, (reader) => confirmPage(reader, { email, ...wanted, problems }), {
      status,
      at: "/confirm",
    });
  }

  router.get(
    "/confirm",
    members(services, async (exchange) => {
      const { pending, return_to } = exchange.request.query;
      await show(exchange, wantedBy(exchange, { pending, returnTo: return_to }), {});
    }),
  );

  router.post(
    "/confirm",
    members(services, async (exchange) => {
      const { request, response, session, customer } = exchange;
      const pending = textField(request, "pending") || undefined;
      const wanted = wantedBy(exchange, { pending, returnTo: textField(request, "return_to") });
      const password = rawField(request, "password");
      if (!(await isOwnPassword(services, exchange, { customer, password }))) {
        return show(exchange, wanted, { password: "This is not your password." });
      }
      await session.elevate(session.level);
      if (!wanted.pending) return response.redirect(303, wanted.returnTo);
      // Exactly once, however often the form is sent; and nothing but what was on the page.
      const action = await session.take("pending");
      if (action?.id !== wanted.pending.id) throw new RefusedError(nothingWaits);
      response.redirect(303, perform(exchange, action));
    }),
  );

  router.post(
    "/confirm/cancel",
    members(services, async ({ session, response }) => {
      await session.take("pending");
      response.redirect(303, "/account");
    }),
  );

  /** Does what has been confirmed, and returns where to go. */
  function perform({ customer }: MemberExchange, action: PendingAction): string {
    if (action.kind === "email") {
      if (customers.changeEmail(customer.id, action.email)) return "/settings?done=email";
      throw new RefusedError(addressTaken);
    }
    const problem = transferProblem(makeTransfer(services, customer, action));
    if (problem) throw new RefusedError({ ...notSent, text: Object.values(problem).join(" ") });
    return `/transfers/${action.id}`;
  }

  return router;
}

interface Wanted {
  readonly pending: PendingAction | null;
  readonly returnTo: string;
}

/** What a confirmation is for: the action that waits under this id, or a page. */
function wantedBy({ session }: MemberExchange, given: { pending: unknown; returnTo: unknown }): Wanted {
  const { pending = null } = session.data;
  if (given.pending !== undefined && pending?.id !== given.pending) throw new RefusedError(nothingWaits);
  return {
    pending: given.pending === undefined ? null : pending,
    returnTo: localPath(given.returnTo) ?? "/account",
  };
}

const toAccount = { path: "/account", text: "To your account" };

const nothingWaits = {
  status: 409,
  title: "Nothing waits to be confirmed",
  text: "It was done already, you decided against it, or something else has taken its place. See your latest transfers.",
  link: toAccount,
};

const notSent = { status: 409, title: "The money was not sent", text: "", link: toAccount };

const addressTaken = {
  status: 409,
  title: "Your address was not changed",
  text: "Somebody else uses the new one.",
  link: { path: "/settings", text: "Back to settings" },
};
