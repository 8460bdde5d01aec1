import { randomUUID } from "node:crypto";
import { Router } from "express";
import { isEmail } from "../email.ts";
import { rawField, textField } from "../http/fields.ts";
import { type MemberExchange, members } from "../http/members.ts";
import { sendPage } from "../http/pages.ts";
import { freshness, isOwnPassword, isSentToConfirm } from "../http/step-up.ts";
import { hashPassword, passwordProblem } from "../passwords.ts";
import type { Services } from "../services.ts";
import type { Problems } from "../views/form.ts";
import { closeAccountPage, passwordChangedPage, settingsPage } from "../views/settings.ts";

/** E-mail address, password, and closing the account: each asks for the password unless it was given just now. */
export function settingsRoutes(services: Services): Router {
  const { manager, customers } = services;
  const router = Router();

  async function show(
    exchange: MemberExchange,
    { email, problems }: { email: string; problems: Problems },
  ): Promise<void> {
    const { request, customer } = exchange;
    const done = request.query.done === "email" ? `Your e-mail address is now ${customer.email}.` : null;
    const status = Object.keys(problems).length === 0 ? 200 : 422;
    await sendPage(services, exchange, (reader) => settingsPage(reader, { customer, email, problems, done }), {
      status,
      at: "/settings",
    });
  }

  router.get(
    "/settings",
    members(services, (exchange) => show(exchange, { email: "", problems: {} })),
  );

  router.post(
    "/settings/email",
    members(services, async (exchange) => {
      const { request, response, session, customer } = exchange;
      const email = textField(request, "email");
      const problem = emailProblem(email, customer.id);
      if (problem) return show(exchange, { email, problems: { email: problem } });
      if (!session.isFresh(freshness)) {
        const id = randomUUID();
        await session.update((draft) => {
          draft.pending = { kind: "email", id, email };
        });
        return response.redirect(303, `/confirm?pending=${id}`);
      }
      if (!customers.changeEmail(customer.id, email)) return show(exchange, { email, problems: { email: taken } });
      response.redirect(303, "/settings?done=email");
    }),
  );

  function emailProblem(email: string, customerId: string): string | null {
    if (!isEmail(email)) return "Write an e-mail address, like ada@example.org.";
    const owner = customers.byEmail(email);
    return owner && owner.id !== customerId ? taken : null;
  }

  // The form holds two secrets that no session may keep, so it asks for the current password itself, every time.
  router.post(
    "/settings/password",
    members(services, async (exchange) => {
      const { request, response, session, customer } = exchange;
      const next = rawField(request, "next");
      const problem = passwordProblem(next, customer.email);
      if (problem) return show(exchange, { email: "", problems: { next: problem } });
      if (!(await isOwnPassword(services, exchange, { customer, password: rawField(request, "current") }))) {
        return show(exchange, { email: "", problems: { current: "This is not your current password." } });
      }
      await session.elevate(session.level);
      customers.changePassword(customer.id, await hashPassword(next));
      response.redirect(303, "/settings/password-changed");
    }),
  );

  router.get(
    "/settings/password-changed",
    members(services, async (exchange) => {
      const others = (await manager.list(exchange.customer.id)).length - 1;
      await sendPage(services, exchange, (reader) => passwordChangedPage(reader, { others }));
    }),
  );

  router.get(
    "/settings/close",
    members(services, (exchange) => sendPage(services, exchange, closeAccountPage)),
  );

  router.post(
    "/settings/close",
    members(services, async (exchange) => {
      const { response, session, customer } = exchange;
      if (isSentToConfirm(exchange, "/settings/close")) return;
      // The customer first, so that no log-in can follow; then every session, this one included.
      customers.remove(customer.id);
      await manager.revokeAll(customer.id);
      await session.end({ clearSiteData: ["cache", "storage"] });
      response.redirect(303, "/closed");
    }),
  );

  return router;
}

const taken = "There is already an account with this address.";
