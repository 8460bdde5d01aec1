import type { Answer } from "../http/exchange.ts";
import { readPage } from "../http/page.ts";

/** Why nothing could be told apart after a login, as far as its last answer says: most often nobody was signed in. */
export function sayUnguessed(last: Answer | undefined): string {
  const nameIt = "name a page that tells as whoami in the audit file";
  if (!last) return `no page tells who is signed in from who is not: ${nameIt}`;
  const { request } = last.exchange;
  const said = `the login ended with ${request.method} ${last.url.pathname}, which answered ${last.status}`;
  const asksAgain = readPage(last.text).forms.some(({ inputs }) => inputs.some(({ type }) => type === "password"));
  if (asksAgain || last.status >= 400)
    return `nobody seems to be signed in after the login: ${said}${asksAgain ? " and asks for a password again" : ""}. Are the name and the password right? If they are, ${nameIt}`;
  return `no page tells who is signed in from who is not (${said}): ${nameIt}`;
}
