import { hostPrefix, narrow } from "../cookie-scope.ts";
import * as has from "../mechanisms.ts";
import { application, type Decide, doesNotApply, met, type Requirement, type Standard, when } from "../requirement.ts";

const randomness = application(
  "256 bits from the platform's CSPRNG. Whether it is an approved one is the platform's (a FIPS build of the runtime).",
);
const reauthenticate = application("Ask for the authenticators of the level again, then `session.authenticate`.");

const afterIdle = when(
  ({ policy }) => policy.onIdle === "lock",
  met("`onIdle` is lock: after `idle` the session serves nothing but `unlock`; ask for a password or biometric first."),
  doesNotApply("`onIdle` is end: inactivity ends the session, which asks for more."),
);

const terminated = when(
  ({ policy }) => policy.onIdle === "lock",
  met(
    "`absolute` ends the session; `onIdle` is lock: after `idle` no data and no action until the user is proved again.",
  ),
  met("After `idle` or `absolute` the session is refused for good."),
);

const csrfToken: Decide = (settings) =>
  settings.transport.kind === "cookie" && settings.csrf !== "token"
    ? {
        answer: "not met",
        because: "`csrf` is fetch-metadata: refuses cross-site requests, but not by an identifier in the content.",
      }
    : has.crossSiteRefused(settings);

const crossSite: Decide = (settings) =>
  settings.transport.kind === "cookie" && settings.transport.sameSite === "None"
    ? { answer: "not met", because: "`cookie.scope` is embedded: the cookie says `SameSite=None`." }
    : has.sameSite(settings);

const cookieExpiry = has.isBearer(
  doesNotApply("`transport` is bearer, there is no cookie."),
  when(
    ({ transport }) => transport.kind === "cookie" && transport.persistent,
    met("`cookie.persistent` is true: `Max-Age` ends with the session; the server's timers alone decide."),
    met("`cookie.persistent` is false: the cookie goes with the browser; the server's timers alone decide."),
  ),
);

const ofLevel: { readonly [level in "aal1" | "aal2" | "aal3"]: readonly Requirement[] } = {
  aal1: [
    ["N63B-01", "An overall timeout, recommended 30 days at most", has.absoluteStated],
    ["N63B-02", "An inactivity timeout is optional", has.idleStated],
  ],
  aal2: [
    ["N63B-03", "An overall timeout, recommended 24 hours at most", has.absoluteStated],
    ["N63B-04", "An inactivity timeout, recommended 1 hour at most", has.idleStated],
    ["N63B-05", "May: after inactivity alone, one factor and the held secret suffice", afterIdle],
  ],
  aal3: [
    ["N63B-06", "An overall timeout of 12 hours at most", has.absoluteStated],
    ["N63B-07", "An inactivity timeout, recommended 15 minutes at most", has.idleStated],
    ["N63B-08", "Re-authentication with all the factors of the first time", reauthenticate],
  ],
};

const ofEveryLevel: readonly Requirement[] = [
  ["N63B-09", "Random values from an approved generator of at least 112 bits' strength", randomness],
  ["N63B-10", "Host and client share a session secret", met("The token's secret; the store keeps only its SHA-256.")],
  ["N63B-11", "The session rests on a secret the host issued at authentication", has.newAtLogin],
  ["N63B-12", "Bearer secrets do not outlive the browser or a restart", has.notPersistent],
  [
    "N63B-13",
    "Remembering a browser does not replace authentication",
    met("Nothing outlives `absolute`; there is no remembered browser."),
  ],
  ["N63B-14", "Proof-of-possession secrets may persist, within the limits", has.boundSecrets],
  ["N63B-15", "The secret is made in direct response to authentication", has.newAtLogin],
  [
    "N63B-16",
    "A session's level is that of its authentication, never higher",
    met("`level` is what `authenticate`, `elevate` or `unlock` was told; nothing else raises it."),
  ],
  [
    "N63B-17",
    "The session starts with authentication or right after",
    met("Only `authenticate` makes an authenticated session."),
  ],
  ["N63B-18", "The secret is at least 64 bits long", has.unguessable],
  ["N63B-19", "The secret is invalid after logout", has.endedForGood],
  ["N63B-20", "It travels over an authenticated protected channel only", has.onlyOverTls],
  ["N63B-21", "It is not accepted after the timeouts", has.serverClock],
  [
    "N63B-22",
    "No intermediary between host and endpoint sees it",
    application("Where TLS ends, and what the proxy behind it may read, is deployment."),
  ],
  [
    "N63B-23",
    "The endpoint erases it at logout and at expiry",
    application(
      "`session.end()` clears the cookie; call it on the timeout page too, as a refusal leaves the cookie alone.",
    ),
  ],
  ["N63B-24", "Not in HTML5 local storage", has.noWebStorage],
  ["N63B-25", "No fallback to plain HTTP after authentication", has.onlyOverTls],
  ["N63B-26", "What is posted carries a session identifier that is verified", csrfToken],
  ["N63B-27", "Logout is readily accessible", has.showLogout],
  ["N63B-28", "Cookies over HTTPS only", has.secureAttribute],
  ["N63B-29", "Cookies for as few hosts and paths as practical", narrow],
  ["N63B-30", "Cookies are `HttpOnly`", has.httpOnly],
  ["N63B-31", "Cookies expire with the session, yet are not relied on for it", cookieExpiry],
  ["N63B-32", "`__Host-` prefix and `Path=/`", hostPrefix],
  ["N63B-33", "`SameSite` Lax or Strict", crossSite],
  ["N63B-34", "The cookie's value is opaque, without personal information", has.opaque],
  [
    "N63B-35",
    "An access token does not show that the user is present",
    application("Do not open sessions on an access token; `authenticate` after an authentication."),
  ],
  ["N63B-36", "Re-authentication, periodically", has.absoluteStated],
  ["N63B-37", "Either timeout ends the session", terminated],
  [
    "N63B-38",
    "Activity resets the inactivity timer; re-authentication resets both",
    met("Requests move `idle`; `authenticate` starts both anew."),
  ],
  ["N63B-39", "May: warn before the timeout", application("`session.endsAt` says when.")],
  [
    "N63B-40",
    "May: longer limits with stronger technology or known devices",
    application("Write the reason into `justifications`."),
  ],
  ["N63B-41", "Agencies document their limits", application("This report lists them; the security plan is yours.")],
  [
    "N63B-42",
    "In federation, the relying party decides on re-authentication",
    application("`requireFresh` and `isFresh` judge by the level and time your code passed to `authenticate`."),
  ],
  ["N63B-43", "May: watch use, behaviour, device and place", has.watchUse],
  ["N63B-44", "Suspected fraud: re-authenticate, end the session or tell the user", has.watchUse],
  ["N63B-45", "Collected signals go into the privacy risk assessment", application("The library collects none.")],
  [
    "N63B-46",
    "Fraud indicators are assessed; they replace no factor",
    application("The library has none; they cannot change `level`."),
  ],
];

/** NIST SP 800-63B-4, sections 2, 3.2.12 and 5, for one authenticator assurance level. */
export function nist(level: "aal1" | "aal2" | "aal3"): Standard {
  return { name: `NIST SP 800-63B-4, ${level.toUpperCase()}`, requirements: [...ofLevel[level], ...ofEveryLevel] };
}
