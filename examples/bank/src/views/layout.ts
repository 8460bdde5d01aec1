import { type Theme, themes } from "../sessions.ts";
import { type Html, html } from "./html.ts";

/** What every page needs to know about its reader. */
export interface Reader {
  readonly theme: Theme;
  /** Where the page is, for forms that come back to it. */
  readonly path: string;
  /** `null` where nobody is logged in. */
  readonly member: Member | null;
  /** `false` where it could not be found out, like during an outage: the page then claims neither. */
  readonly isKnown: boolean;
}

/** For pages about something that went so wrong that nothing is known. */
export const unknownReader: Reader = { theme: "auto", path: "/", member: null, isKnown: false };

export interface Member {
  readonly name: string;
  /** For the forms of this page. */
  readonly csrfToken: string;
  /** Milliseconds until the session ends, if nothing happens and whatever happens. */
  readonly endsIn: { readonly idle: number; readonly absolute: number };
}

export interface Page {
  readonly title: string;
  readonly main: Html;
  /** Sign-up and the like are narrower than an account. */
  readonly width?: "narrow" | "wide";
}

/** A whole page. */
export function layout(reader: Reader, { title, main, width = "narrow" }: Page): Html {
  return html`<!doctype html>
<html lang="en" data-theme="${reader.theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${reader.theme === "auto" ? "light dark" : reader.theme}">
<title>${title} · Sojourn Bank</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/bank.css">
${reader.member && html`<script type="module" src="/assets/session-warning.js"></script>`}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="28" height="28">Sojourn Bank</a>
${reader.member ? memberNavigation(reader, reader.member) : reader.isKnown && visitorNavigation(reader)}
</header>
${reader.member && sessionWarning(reader, reader.member)}
<main id="main" class="${width}" tabindex="-1">
${main}
</main>
<footer class="bottom">
${reader.member && html`<p>For your safety you are logged out after ${minutes(reader.member.endsIn.idle)} without activity.</p>`}
${reader.isKnown && themeForm(reader)}
</footer>
</body>
</html>`;
}

/** The hidden fields that every form of a member carries. */
export function formToken(reader: Reader): Html | null {
  return reader.member && html`<input type="hidden" name="_csrf" value="${reader.member.csrfToken}">`;
}

function memberNavigation(reader: Reader, member: Member): Html {
  return html`<nav aria-label="Main">
<ul>
${[
  ["/account", "Account"],
  ["/devices", "Your devices"],
  ["/settings", "Settings"],
].map(([path, name]) => navigationLink(reader, path ?? "", name ?? ""))}
</ul>
</nav>
<form class="logout" method="post" action="/logout">
${formToken(reader)}<span class="who">${member.name}</span><button class="quiet">Log out</button>
</form>`;
}

function visitorNavigation(reader: Reader): Html {
  return html`<nav aria-label="Main"><ul>
${navigationLink(reader, "/login", "Log in")}
${navigationLink(reader, "/signup", "Open an account")}
</ul></nav>`;
}

function navigationLink(reader: Reader, path: string, name: string): Html {
  const isHere = reader.path === path || reader.path.startsWith(`${path}?`);
  return html`<li><a href="${path}"${isHere && html` aria-current="page"`}>${name}</a></li>`;
}

/** Hidden until the script shows it; without the script the footer says how long there is. */
function sessionWarning(reader: Reader, { endsIn }: Member): Html {
  return html`<p id="session-announcement" class="unseen" role="alert"></p>
<section id="session-warning" class="warning" aria-labelledby="session-warning-title" hidden
 data-idle="${endsIn.idle}" data-absolute="${endsIn.absolute}" data-path="${reader.path}">
<div>
<h2 id="session-warning-title">Are you still there?</h2>
<p id="session-warning-text"></p>
</div>
<form id="session-stay" method="post" action="/session">
${formToken(reader)}<button>Stay logged in</button>
</form>
</section>`;
}

function themeForm(reader: Reader): Html {
  return html`<form class="themes" method="post" action="/theme">
${formToken(reader)}<fieldset>
<legend>Colours</legend>
<input type="hidden" name="return_to" value="${reader.path}">
${themes.map(
  (theme) =>
    html`<button class="quiet" name="theme" value="${theme}" aria-pressed="${String(theme === reader.theme)}">${themeNames[theme]}</button>`,
)}
</fieldset>
</form>`;
}

const themeNames: Readonly<Record<Theme, string>> = { auto: "As on my device", light: "Light", dark: "Dark" };

function minutes(milliseconds: number): string {
  const count = Math.round(milliseconds / 60_000);
  return count >= 2 ? `${count} minutes` : `${Math.round(milliseconds / 1000)} seconds`;
}
