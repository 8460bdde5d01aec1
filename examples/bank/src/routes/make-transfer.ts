import type { Customer } from "../customers.ts";
import type { Order, TransferOutcome } from "../ledger.ts";
import type { Services } from "../services.ts";
import type { Problems } from "../views/form.ts";

/** Sends money from a customer's own account, and from no other. */
export function makeTransfer({ ledger }: Services, customer: Customer, order: Omit<Order, "from">): TransferOutcome {
  return ledger.transfer({ ...order, from: ledger.accountOf(customer.id).number });
}

/** What to say about a transfer that was not made; `null` for one that was, now or with an earlier copy of its form. */
export function transferProblem(outcome: TransferOutcome): Problems | null {
  switch (outcome) {
    case "made":
    case "made-before":
      return null;
    case "insufficient":
      return { amount: "There is not enough money on your account." };
    case "no-such-account":
      return { to: "There is no open account with this number." };
    case "own-account":
      return { to: "This is your own account." };
  }
}
