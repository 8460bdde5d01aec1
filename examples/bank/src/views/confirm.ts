import { formatAccountNumber } from "../ledger.ts";
import { formatCents } from "../money.ts";
import type { PendingAction } from "../sessions.ts";
import { field, type Problems, problemSummary } from "./form.ts";
import { type Html, html } from "./html.ts";
import { formToken, type Page, type Reader } from "./layout.ts";

export interface ConfirmView {
  readonly email: string;
  /** What waits for this; `null` where only somewhere to go waits. */
  readonly pending: PendingAction | null;
  readonly returnTo: string;
  readonly problems: Problems;
}

export function confirmPage(reader: Reader, { email, pending, returnTo, problems }: ConfirmView): Page {
  const main = html`<h1>Confirm it is you</h1>
<p>This is worth asking for your password again. We then remember it for five minutes.</p>
${pending && summaryOf(pending)}
${problemSummary(problems)}
<form class="card" method="post" action="/confirm">
${formToken(reader)}
${pending ? html`<input type="hidden" name="pending" value="${pending.id}">` : html`<input type="hidden" name="return_to" value="${returnTo}">`}
<input class="unseen" type="text" name="username" value="${email}" autocomplete="username" tabindex="-1" aria-hidden="true" readonly>
${field({ name: "password", label: "Password", type: "password", autocomplete: "current-password", problems })}
<div class="actions"><button>${pending ? labels[pending.kind] : "Confirm"}</button>
${pending && html`<button class="quiet" formaction="/confirm/cancel" formnovalidate>Do not</button>`}</div>
</form>`;
  return { title: "Confirm it is you", main };
}

const labels = { transfer: "Confirm and send", email: "Confirm and change" } as const;

function summaryOf(pending: PendingAction): Html {
  if (pending.kind === "email") {
    return html`<dl class="card facts"><div><dt>New e-mail address</dt><dd>${pending.email}</dd></div></dl>`;
  }
  return html`<dl class="card facts">
<div><dt>Send</dt><dd>${formatCents(pending.cents)}</dd></div>
<div><dt>To account</dt><dd>${formatAccountNumber(pending.to)}</dd></div>
${pending.message !== "" && html`<div><dt>Message</dt><dd>${pending.message}</dd></div>`}
</dl>`;
}
