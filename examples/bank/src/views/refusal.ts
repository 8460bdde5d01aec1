import { html } from "./html.ts";
import type { Page } from "./layout.ts";

/** A page for something that was not done: what happened, and what to do. */
export interface Refusal {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  readonly link: { readonly path: string; readonly text: string };
}

export function refusalPage({ title, text, link }: Refusal): Page {
  const main = html`<h1>${title}</h1>
<p>${text}</p>
<p class="actions"><a class="button" href="${link.path}">${link.text}</a></p>`;
  return { title, main };
}
