import type { LockReason, RefusalReason } from "sojourn";
import { field, type Problems, problemSummary } from "./form.ts";
import { type Html, html } from "./html.ts";
import type { Page } from "./layout.ts";

export type WhyLoggedOut = RefusalReason | LockReason;

export interface LogInForm {
  /** Why nobody is logged in, where that is worth a word. */
  readonly because: WhyLoggedOut;
  readonly email: string;
  readonly returnTo: string | null;
  readonly problems: Problems;
}

/** The log-in page, which is also the page after a timeout: it says why. */
export function logInPage({ because, email, returnTo, problems }: LogInForm): Page {
  const ended = explanations[because];
  const main = html`${ended && endedNotice(ended)}
<h1>Log in</h1>
${problemSummary(problems)}
<form class="card" method="post" action="/login">
${returnTo && html`<input type="hidden" name="return_to" value="${returnTo}">`}
${field({ name: "email", label: "E-mail address", type: "email", value: email, autocomplete: "username", problems })}
${field({ name: "password", label: "Password", type: "password", autocomplete: "current-password", problems })}
<button>Log in</button>
</form>
<p class="aside">New here? <a href="/signup">Open an account</a>. It comes with 1,000.00 to play with.</p>`;
  return { title: ended ? ended.title : "Log in", main };
}

interface Explanation {
  readonly title: string;
  readonly text: string;
}

function endedNotice({ title, text }: Explanation): Html {
  return html`<section class="ended" role="status" aria-labelledby="ended-title">
<h2 id="ended-title">${title}</h2>
<p>${text}</p>
</section>`;
}

const endedByOthers: Explanation = {
  title: "Your session has ended",
  text: "It was ended from another of your devices, you logged out everywhere, or it is long over. Was it not you? Then log in and change your password.",
};
const unreadable: Explanation = {
  title: "Please log in again",
  text: "What your browser sent to stay logged in could not be used. Nothing is lost.",
};

/** One text for each reason there is; a new one would not compile without. */
const explanations: Readonly<Record<WhyLoggedOut, Explanation | null>> = {
  none: null,
  idle: {
    title: "You were logged out because nothing happened for a while",
    text: "We end a session that nobody uses, so that nobody else can. What you had typed was not sent.",
  },
  absolute: {
    title: "You were logged out because it was time to log in again",
    text: "A session ends some hours after you logged in, however busy you are. What you had typed was not sent.",
  },
  unknown: endedByOthers,
  superseded: endedByOthers,
  replay: {
    title: "We ended your session to protect you",
    text: "An old copy of it was used, perhaps by somebody else. Log in, look at your devices and change your password.",
  },
  "client-changed": {
    title: "We stopped your session to protect you",
    text: "It was used from another browser or device than before. Log in, look at your devices and change your password.",
  },
  contained: {
    title: "We stopped your session to protect you",
    text: "It may be in the wrong hands. Nothing is lost: log in, look at your devices and change your password.",
  },
  unbound: {
    title: "Please log in again on this device",
    text: "Your session belongs to the device it began on, and this request did not come from it. Was it you? Then log in. Was it not? Then look at your devices.",
  },
  ambiguous: {
    title: "Your browser sent two different sessions",
    text: "We cannot tell which one is yours, so we used neither. Delete the cookies of this site, then log in again.",
  },
  "credentials-changed": {
    title: "Your password was changed",
    text: "Sessions that began with the old one have ended. Log in with the new one. Was it not you? Then write to us.",
  },
  "insecure-transport": {
    title: "This connection is not safe",
    text: "Your session came over an unencrypted connection and was not used. Open this page with https.",
  },
  mismatch: unreadable,
  malformed: unreadable,
  corrupt: unreadable,
  "web-page": unreadable,
};
