import { Router } from "express";
import { parseSessionId } from "sojourn";
import { textField } from "../http/fields.ts";
import { type MemberExchange, members } from "../http/members.ts";
import { sendPage } from "../http/pages.ts";
import { freshness, isSentToConfirm } from "../http/step-up.ts";
import type { Services } from "../services.ts";
import { devicesPage } from "../views/devices.ts";
import type { Problems } from "../views/form.ts";

const done: Readonly<Record<string, string>> = {
  one: "That session is ended.",
  none: "That session was over already.",
  others: "All other sessions are ended.",
  name: "The name is saved.",
};

/** Where a customer is logged in, and how to end it. Ending needs a recent proof of identity (ASVS 7.5.2). */
export function deviceRoutes(services: Services): Router {
  const { manager, devices, newDevices } = services;
  const router = Router();

  async function show(exchange: MemberExchange, { problems }: { readonly problems: Problems }): Promise<void> {
    const { request, session, customer } = exchange;
    const standing = await manager.list(customer.id);
    const names = devices.namesOf(
      customer.id,
      standing.map(({ id }) => id),
    );
    const shown = standing
      .map((each) => ({
        ...each,
        label: names.get(each.id) ?? each.label ?? "A browser",
        isThisOne: each.id === session.id,
      }))
      .sort((a, b) => Number(b.isThisOne) - Number(a.isThisOne));
    const said = String(request.query.done);
    const view = { devices: shown, done: Object.hasOwn(done, said) ? (done[said] ?? null) : null, problems };
    const status = Object.keys(problems).length === 0 ? 200 : 422;
    await sendPage(services, exchange, (reader) => devicesPage(reader, view), { status, at: "/devices" });
  }

  router.get(
    "/devices",
    members(services, async (exchange) => {
      await show(exchange, { problems: {} });
      newDevices.seenBy({ sessionId: exchange.session.id, customerId: exchange.customer.id });
    }),
  );

  router.post(
    "/devices/end",
    members(services, async (exchange) => {
      const { request, response, customer } = exchange;
      if (isSentToConfirm(exchange, "/devices")) return;
      const id = parseSessionId(textField(request, "id"));
      // Ids are public: the owner is always said.
      const ended = id !== null && (await manager.revoke({ id, of: { userId: customer.id } }));
      response.redirect(303, `/devices?done=${ended ? "one" : "none"}`);
    }),
  );

  router.post(
    "/devices/end-others",
    members(services, async (exchange) => {
      if (isSentToConfirm(exchange, "/devices")) return;
      await exchange.session.endOthers(freshness);
      exchange.response.redirect(303, "/devices?done=others");
    }),
  );

  router.post(
    "/devices/name",
    members(services, async (exchange) => {
      const { request, response, session, customer } = exchange;
      const name = textField(request, "label");
      if (name === "" || name.length > 60) {
        return show(exchange, { problems: { label: "Write a name of at most 60 characters." } });
      }
      devices.rename({ sessionId: session.id, customerId: customer.id, name });
      response.redirect(303, "/devices?done=name");
    }),
  );

  return router;
}
