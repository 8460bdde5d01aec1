import { html } from "./html.ts";
import { formToken, type Page, type Reader } from "./layout.ts";

/** What two copies of the reader's cookies open; `null` before anybody has tried. */
export interface TheftView {
  readonly tried: { readonly sessionCookie: Opened; readonly allCookies: Opened } | null;
  /** Whether the reader's session is bound to a device. */
  readonly isBound: boolean;
}

export type Opened = "the account" | "nothing";

export function theftPage(reader: Reader, { tried, isBound }: TheftView): Page {
  const main = html`<h1>What a stolen cookie is worth</h1>
<p>Programs that steal cookies copy them out of a browser and use them elsewhere. The bank tries that with yours: it asks itself for your account as somebody would who has the cookies and not the device.</p>
<p>${isBound ? "This session is bound to this device: beside its cookie there is a short-lived one, which only your browser can have renewed." : "This session is not bound to a device: your browser cannot do that, or this page did not come over https."}</p>
${tried && results(tried)}
<form method="post" action="/theft">${formToken(reader)}<button>Copy my cookies and try</button></form>`;
  return { title: "What a stolen cookie is worth", main };
}

function results({ sessionCookie, allCookies }: NonNullable<TheftView["tried"]>) {
  return html`<section class="card" aria-labelledby="tried-title">
<h2 id="tried-title">What happened</h2>
<dl>
<dt>With the session's cookie alone</dt><dd id="session-cookie">It opens ${sessionCookie}.</dd>
<dt>With all your cookies, while they are fresh</dt><dd id="all-cookies">It opens ${allCookies}.</dd>
</dl>
<p>${sessionCookie === "nothing" ? "So a copy of everything is worth ten minutes at most. You are still logged in, and the bank's log has a line about it." : "So a copy is worth as much as the session itself, until it ends."}</p>
</section>`;
}
