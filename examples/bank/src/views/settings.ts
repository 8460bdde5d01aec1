import type { Customer } from "../customers.ts";
import { passwordLength } from "../passwords.ts";
import { field, notice, type Problems, problemSummary } from "./form.ts";
import { html } from "./html.ts";
import { formToken, type Page, type Reader } from "./layout.ts";

export interface SettingsView {
  readonly customer: Customer;
  /** What was typed for the new address. */
  readonly email: string;
  readonly problems: Problems;
  readonly done: string | null;
}

export function settingsPage(reader: Reader, { customer, email, problems, done }: SettingsView): Page {
  const main = html`<h1>Settings</h1>
${notice(done)}
${problemSummary(problems)}
<section class="card" aria-labelledby="email-title">
<h2 id="email-title">E-mail address</h2>
<p>You log in with <strong>${customer.email}</strong>.</p>
<form method="post" action="/settings/email">
${formToken(reader)}
${field({ name: "email", label: "New e-mail address", type: "email", value: email, autocomplete: "email", maxlength: 200, problems })}
<button>Change address</button>
</form>
</section>
<section class="card" aria-labelledby="password-title">
<h2 id="password-title">Password</h2>
<form method="post" action="/settings/password">
${formToken(reader)}
<input class="unseen" type="text" name="username" value="${customer.email}" autocomplete="username" tabindex="-1" aria-hidden="true" readonly>
${field({ name: "current", label: "Current password", type: "password", autocomplete: "current-password", problems })}
${field({ name: "next", label: "New password", type: "password", hint: `At least ${passwordLength.least} characters`, autocomplete: "new-password", problems })}
<button>Change password</button>
</form>
</section>
<section class="card danger" aria-labelledby="close-title">
<h2 id="close-title">Close your account</h2>
<p>For good, with all your sessions. What is left on it stays with the bank.</p>
<p><a class="button quiet" href="/settings/close">Close your account</a></p>
</section>`;
  return { title: "Settings", main };
}

/** After a change of password: whoever else is logged in may be the reason for it. */
export function passwordChangedPage(reader: Reader, { others }: { readonly others: number }): Page {
  const main = html`<h1>Your password is changed</h1>
${
  others === 0
    ? html`<p>You are logged in on no other device.</p>`
    : html`<p>You are still logged in on ${others === 1 ? "1 other device" : `${others} other devices`}. Did you change your password because somebody knows it? Then end them.</p>
<form class="actions" method="post" action="/devices/end-others">${formToken(reader)}<button>End all others</button> <a class="button quiet" href="/devices">Show them</a></form>`
}
<p><a href="/account">Back to your account</a></p>`;
  return { title: "Password changed", main };
}

export function closeAccountPage(reader: Reader): Page {
  const main = html`<h1>Close your account?</h1>
<p>This cannot be undone. You are logged out on all your devices, and nobody can send you money any more.</p>
<form class="actions" method="post" action="/settings/close">
${formToken(reader)}<button class="danger">Close my account for good</button> <a class="button quiet" href="/settings">Keep it</a>
</form>`;
  return { title: "Close your account", main };
}
