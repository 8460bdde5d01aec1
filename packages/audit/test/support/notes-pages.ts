import { escaped, page, tokenField } from "./answers.ts";
import type { Flaws } from "./flaws.ts";
import { scriptOf } from "./scripts.ts";
import type { Session } from "./sessions.ts";

/** What the notes application shows somebody who is signed in. */
export function accountPage(flaws: Flaws, session: Session): string {
  const form = (action: string, inputs: string, button: string) =>
    `<form method="post" action="${action}">${tokenField(session.csrf)}${inputs}<button>${button}</button></form>`;
  const content = [
    `<p>${flaws.has("user's name on no page") ? "Your account" : escaped(session.user ?? "")}</p>`,
    form("/city", '<input name="city">', "Save"),
    form("/email", '<input name="email">', "Save"),
    form("/password", '<input name="next" type="password">', "Save"),
    form("/sessions/end-others", "", "End them"),
    // Nobody sees it, and the auditor is told where it leads.
    flaws.has("X-END-12") ? form("/leave", "", "…") : form("/logout", "", "Log out"),
  ];
  return page(content.join("") + scriptOf(flaws, session));
}
