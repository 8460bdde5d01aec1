import { passwordLength } from "../passwords.ts";
import { field, type Problems, problemSummary } from "./form.ts";
import { html } from "./html.ts";
import type { Page } from "./layout.ts";

/** The front page. */
export function homePage(): Page {
  const main = html`<div class="hero">
<h1>A quiet place<br>for your money.</h1>
<p>Sojourn Bank is a demonstration: the accounts are play money, the sessions are real.</p>
<p class="actions"><a class="button" href="/signup">Open an account</a> <a class="button quiet" href="/login">Log in</a></p>
</div>
<ul class="promises">
<li><h2>Only yours</h2><p>Your session lives in one cookie that no script can read and no other site can use.</p></li>
<li><h2>Never forgotten</h2><p>See every device you are logged in on, and end any of them.</p></li>
<li><h2>Always asked</h2><p>Larger transfers and changes of your details ask for your password again.</p></li>
</ul>`;
  return { title: "Welcome", main, width: "wide" };
}

export interface SignUpForm {
  readonly name: string;
  readonly email: string;
  readonly problems: Problems;
}

export function signUpPage({ name, email, problems }: SignUpForm): Page {
  const main = html`<h1>Open an account</h1>
<p>You start with 1,000.00. Nothing is sent to your address; any will do.</p>
${problemSummary(problems)}
<form class="card" method="post" action="/signup">
${field({ name: "name", label: "Your name", value: name, autocomplete: "name", maxlength: 80, problems })}
${field({ name: "email", label: "E-mail address", type: "email", value: email, autocomplete: "username", maxlength: 200, problems })}
${field({
  name: "password",
  label: "Password",
  type: "password",
  hint: `At least ${passwordLength.least} characters. A few words make a good one.`,
  autocomplete: "new-password",
  problems,
})}
<button>Open an account</button>
</form>
<p class="aside">Already a customer? <a href="/login">Log in</a>.</p>`;
  return { title: "Open an account", main };
}

/** After a log-in whose cookie did not come back. */
export function cookieMissingPage({ isSecure }: { readonly isSecure: boolean }): Page {
  const main = html`<h1>Your browser did not keep the cookie</h1>
<p>Your password was right, but you are not logged in: the bank recognises you by one cookie, and your browser did not send it back.</p>
<h2>What you can do</h2>
<ul class="advice">
${!isSecure && html`<li><strong>You use Safari?</strong> It keeps no secure cookie on a page without https, not even on your own machine. Open this page in Firefox or Chrome, or put the bank behind https.</li>`}
<li>Allow cookies for this site in your browser's settings. This one is not used to follow you.</li>
<li>Turn off extensions that delete cookies, for this site.</li>
</ul>
<p class="actions"><a class="button" href="/login">Try again</a></p>`;
  return { title: "Cookie missing", main };
}

export function loggedOutPage({ text }: { readonly text: string }): Page {
  const main = html`<h1>You are logged out</h1>
<p>${text}</p>
<p class="actions"><a class="button" href="/login">Log in again</a></p>`;
  return { title: "Logged out", main };
}
