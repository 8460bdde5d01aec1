import type { Flaws } from "./flaws.ts";
import type { Session } from "./sessions.ts";

/** Where scripts get the token from, which no page has in it. */
export const tokenPath = "/token-for-scripts";

/** What the account page does in a browser: nothing, but for its flaws. */
export function scriptOf(flaws: Flaws, { user }: Session): string {
  const withToken = (then: string) => `fetch("${tokenPath}").then((answer) => answer.text()).then((token) => ${then});`;
  const lines = [
    flaws.has("X-CRED-04") && withToken('localStorage.setItem("token", token)'),
    flaws.has("X-CRED-04") && 'addEventListener("submit", () => localStorage.clear());',
    flaws.has("X-CRED-05") && withToken('new Image().src = "http://stats.localhost:4321/?visitor=" + token'),
    flaws.has("X-TIME-04") && 'setInterval(() => fetch("/sessions").then((answer) => answer.text()), 60_000);',
    flaws.has("X-CRED-02 by a script") && withToken('history.replaceState(null, "", "?session=" + token)'),
    flaws.has("logout made by a script") &&
      'document.body.append(Object.assign(document.createElement("button"), { textContent: "Log out" }));',
    flaws.has("X-END-07") && `localStorage.setItem("last", "${user}");`,
  ].filter(Boolean);
  return lines.length === 0 ? "" : `<script>${lines.join("\n")}</script>`;
}
