import { type Html, html } from "./html.ts";

const readable = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

/** A moment, for people and for machines. */
export function moment(instant: number): Html {
  const date = new Date(instant);
  return html`<time datetime="${date.toISOString()}">${readable.format(date)} UTC</time>`;
}
