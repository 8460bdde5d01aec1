import { randomUUID } from "node:crypto";
import { Router } from "express";
import { noSuchPage } from "../http/errors.ts";
import { textField } from "../http/fields.ts";
import { type MemberExchange, members } from "../http/members.ts";
import { sendPage } from "../http/pages.ts";
import { RefusedError } from "../http/refused-error.ts";
import { freshness } from "../http/step-up.ts";
import { parseAccountNumber } from "../ledger.ts";
import { parseAmount } from "../money.ts";
import type { Services } from "../services.ts";
import { accountPage, receiptPage, type TransferForm } from "../views/account.ts";
import type { Problems } from "../views/form.ts";
import { makeTransfer, transferProblem } from "./make-transfer.ts";

/** Above this, sending money needs a recent proof of identity. */
const freeOfProof = 10_000;
const linesShown = 20;

/** Balance, statement and transfers. */
export function accountRoutes(services: Services): Router {
  const { ledger, newDevices } = services;
  const router = Router();

  async function show(exchange: MemberExchange, form: TransferForm): Promise<void> {
    const account = ledger.accountOf(exchange.customer.id);
    const entries = ledger.entriesOf(account.number, linesShown);
    const unseen = newDevices.unseenBy({ sessionId: exchange.session.id, customerId: exchange.customer.id });
    const status = Object.keys(form.problems).length === 0 ? 200 : 422;
    const page = { status, at: "/account" };
    await sendPage(services, exchange, (reader) => accountPage(reader, { account, entries, form, unseen }), page);
  }

  router.get(
    "/account",
    members(services, (exchange) =>
      show(exchange, { key: randomUUID(), to: "", amount: "", message: "", problems: {} }),
    ),
  );

  router.post(
    "/transfers",
    members(services, async (exchange) => {
      const { request, response, session, customer } = exchange;
      const typed = {
        key: textField(request, "key"),
        to: textField(request, "to"),
        amount: textField(request, "amount"),
        message: textField(request, "message"),
      };
      const to = parseAccountNumber(typed.to);
      const cents = parseAmount(typed.amount);
      const problems = problemsOf({ to, cents, message: typed.message });
      if (to === null || cents === null || Object.keys(problems).length > 0)
        return show(exchange, { ...typed, problems });
      if (!isKey(typed.key)) throw new RefusedError(badForm);
      const order = { id: typed.key, to, cents, message: typed.message };
      if (cents > freeOfProof && !session.isFresh(freshness)) {
        await session.update((draft) => {
          draft.pending = { kind: "transfer", ...order };
        });
        return response.redirect(303, `/confirm?pending=${order.id}`);
      }
      const outcome = makeTransfer(services, customer, order);
      const problem = transferProblem(outcome);
      if (problem) return show(exchange, { ...typed, problems: problem });
      response.redirect(303, `/transfers/${order.id}`);
    }),
  );

  router.get(
    "/transfers/:id",
    members(services, async (exchange) => {
      const { number } = ledger.accountOf(exchange.customer.id);
      const entry = ledger.entryOf(number, String(exchange.request.params.id));
      if (!entry) throw new RefusedError(noSuchPage);
      await sendPage(services, exchange, receiptPage(entry));
    }),
  );

  return router;
}

const badForm = {
  status: 400,
  title: "We could not read that",
  text: "The form was not complete. Nothing was sent.",
  link: { path: "/account", text: "To your account" },
};

function problemsOf(order: { to: string | null; cents: number | null; message: string }): Problems {
  return {
    ...(order.to === null && { to: "Write the eight digits of an account, like 1234 5678." }),
    ...(order.cents === null && { amount: "Write an amount above zero, like 25 or 25.50." }),
    ...(order.message.length > 140 && { message: "Write at most 140 characters." }),
  };
}

function isKey(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text);
}
