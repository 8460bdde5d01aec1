import { type Account, type Entry, formatAccountNumber } from "../ledger.ts";
import { formatCents } from "../money.ts";
import type { NewDevice } from "../new-devices.ts";
import { field, type Problems, problemSummary } from "./form.ts";
import { type Html, html } from "./html.ts";
import { formToken, type Page, type Reader } from "./layout.ts";
import { moment } from "./moment.ts";

export interface TransferForm {
  /** The same form sent twice is one transfer. */
  readonly key: string;
  readonly to: string;
  readonly amount: string;
  readonly message: string;
  readonly problems: Problems;
}

export interface AccountView {
  readonly account: Account;
  readonly entries: readonly Entry[];
  readonly form: TransferForm;
  /** Logins from new devices that the reader has not looked into. */
  readonly unseen: readonly NewDevice[];
}

export function accountPage(reader: Reader, { account, entries, form, unseen }: AccountView): Page {
  const main = html`<h1 class="unseen">Your account</h1>
${problemSummary(form.problems)}
${unseen.map(newDeviceNotice)}
<div class="columns">
<section class="balance" aria-labelledby="balance-title">
<h2 id="balance-title">Balance</h2>
<p class="amount">${formatCents(account.balance)}</p>
<p class="number">Account <span>${formatAccountNumber(account.number)}</span></p>
</section>
<section class="card" aria-labelledby="transfer-title">
<h2 id="transfer-title">Send money</h2>
${transferForm(reader, form)}
</section>
<section class="card statement" aria-labelledby="statement-title">
<h2 id="statement-title">Latest transfers</h2>
${entries.length === 0 ? html`<p class="empty">None yet. Open a second account in a private window and send yourself some money.</p>` : statement(entries)}
</section>
</div>`;
  return { title: "Account", main, width: "wide" };
}

function newDeviceNotice({ label, at }: NewDevice): Html {
  return html`<p class="notice" role="status">Somebody logged in from a new device: ${label}, ${moment(at)}. Was it not you? <a href="/devices">Look at your devices</a>.</p>`;
}

function transferForm(reader: Reader, { key, to, amount, message, problems }: TransferForm): Html {
  return html`<form method="post" action="/transfers">
${formToken(reader)}<input type="hidden" name="key" value="${key}">
${field({ name: "to", label: "To account", value: to, hint: "Eight digits", autocomplete: "off", inputmode: "numeric", maxlength: 20, problems })}
${field({ name: "amount", label: "Amount", value: amount, hint: "Above 100.00 we ask for your password again", autocomplete: "off", inputmode: "decimal", maxlength: 15, problems })}
${field({ name: "message", label: "Message", value: message, autocomplete: "off", maxlength: 140, optional: true, problems })}
<button>Send</button>
</form>`;
}

function statement(entries: readonly Entry[]): Html {
  return html`<ul class="entries">
${entries.map(
  (entry) => html`<li>
<a href="/transfers/${entry.id}">${partyOf(entry)}</a>
<span class="sum ${entry.cents < 0 ? "out" : "in"}">${signed(entry.cents)}</span>
<span class="detail">${entry.message !== "" && html`${entry.message} · `}${moment(entry.madeAt)}</span>
</li>`,
)}
</ul>`;
}

export function receiptPage(entry: Entry): Page {
  const main = html`<h1>${entry.cents < 0 ? "Money sent" : "Money received"}</h1>
<dl class="card facts">
<div><dt>Amount</dt><dd>${formatCents(Math.abs(entry.cents))}</dd></div>
<div><dt>${entry.cents < 0 ? "To" : "From"}</dt><dd>${partyOf(entry)}, account ${formatAccountNumber(entry.otherNumber)}</dd></div>
${entry.message !== "" && html`<div><dt>Message</dt><dd>${entry.message}</dd></div>`}
<div><dt>When</dt><dd>${moment(entry.madeAt)}</dd></div>
</dl>
<p class="actions"><a class="button" href="/account">Back to your account</a></p>`;
  return { title: entry.cents < 0 ? "Money sent" : "Money received", main };
}

function partyOf({ otherName }: Entry): string {
  return otherName ?? "A closed account";
}

function signed(cents: number): string {
  return cents < 0 ? `−${formatCents(-cents)}` : `+${formatCents(cents)}`;
}
