import { narrow, prefixUnlessShared } from "../cookie-scope.ts";
import * as has from "../mechanisms.ts";
import { application, type Decide, met, notMet, type Standard, when } from "../requirement.ts";

/** Names that frameworks give, or that say what the cookie is for. */
const tellingName = /sess|auth|token|login|cfid|sojourn|^sid$/i;
const prefix = /^__(?:Secure|Host)-(?:Http-)?/;

const genericName: Decide = ({ transport }) => {
  if (transport.kind === "bearer")
    return { answer: "met", because: "Does not apply: `transport` is bearer, there is no cookie." };
  const tells = tellingName.test(transport.name.replace(prefix, ""));
  return tells
    ? {
        answer: "not met",
        because: `The cookie ${transport.name} tells what made it or what it is for: see \`cookie.name\`.`,
      }
    : { answer: "met", because: `The cookie ${transport.name} tells neither.` };
};

const sealedBodies = when(
  ({ sealed }) => sealed,
  met("`codec` is set: bodies are sealed before they reach the store, by `aesGcmCodec` with AES-256-GCM."),
  application(
    "No `codec` is set: bodies are plain JSON. Set one if they hold anything sensitive; secrets are hashed anyway.",
  ),
);

const renewed: Decide = ({ policy: { renew } }) =>
  renew === false
    ? {
        answer: "not met",
        because: "`renew` is false: secrets change with privileges only. The sheet leaves this open.",
      }
    : {
        answer: "met",
        because: `\`renew\`: every ${renew.every}; the old secret dies ${renew.grace} after the new one is confirmed.`,
      };

/** The OWASP Session Management Cheat Sheet, as of August 2026. */
export const owaspSessions: Standard = {
  name: "OWASP Session Management Cheat Sheet",
  requirements: [
    ["OSM-01", "The cookie's name tells neither framework nor purpose", genericName],
    ["OSM-02", "At least 64 bits of entropy, from a CSPRNG", has.unguessable],
    ["OSM-03", "Long enough to carry that entropy, fixed parts not counted", has.unguessable],
    ["OSM-04", "Ids of one's own making: at least 128 bits, unique", has.unguessable],
    ["OSM-05", "The id means nothing; role and state stay on the server", has.opaque],
    ["OSM-06", "Sensitive session data is protected in the store", sealedBodies],
    [
      "OSM-07",
      "Prefer a maintained session framework, kept current",
      application("Keep `sojourn` up to date and read its changelog."),
    ],
    ["OSM-08", "Accept the id from its one mechanism only, not from URL or body", has.notInUrl],
    ["OSM-09", "HTTPS for the whole session, with HSTS", when(isOverTls, has.sendHsts, has.onlyOverTls)],
    ["OSM-10", "Never move a session between HTTP and HTTPS", has.onlyOverTls],
    ["OSM-11", "`Secure` on the session cookie", has.secureAttribute],
    ["OSM-12", "`HttpOnly` on the session cookie", has.httpOnly],
    ["OSM-13", "`SameSite` set explicitly, None only with `Secure`", has.sameSite],
    ["OSM-14", "`__Host-` prefix; `__Secure-` only where subdomains must share", prefixUnlessShared],
    ["OSM-15", "No Domain, narrow Path", narrow],
    [
      "OSM-16",
      "One host carries applications of one security level",
      application("Give each application its own host name."),
    ],
    ["OSM-17", "The session cookie is not persistent", has.notPersistent],
    ["OSM-18", "No credentials in localStorage or sessionStorage", has.noWebStorage],
    ["OSM-19", "Never adopt an id the server did not make; report it", has.neverAdopted],
    [
      "OSM-20",
      "Check an id's syntax before using it",
      met("Anything that is not `<id>.<secret>` in base64url is refused as malformed before the store is asked."),
    ],
    [
      "OSM-21",
      "A new id at login and at every change of privilege",
      application(
        "At login by construction. After a change of role or password call `privilegesChanged` of the session or the manager.",
      ),
    ],
    [
      "OSM-22",
      "Another cookie name before login than after",
      notMet("One name serves both. Id and secret change at login, so a value from before is worthless."),
    ],
    ["OSM-23", "Ask for credentials again after risky events", has.askAgain],
    [
      "OSM-24",
      "Several cookies, or the same name twice, are checked together",
      met("One cookie holds the token; two different values under its name are refused as ambiguous."),
    ],
    [
      "OSM-25",
      "Every session expires, on the server and in the client",
      met("Both timeouts always exist and the server refuses beyond them; `session.end()` also clears the cookie."),
    ],
    ["OSM-26", "Inactivity timeout; 15 to 30 min is common at low risk, 2 to 5 at high", has.idleStated],
    ["OSM-27", "Absolute timeout; 4 to 8 h is the example for an office day", has.absoluteStated],
    ["OSM-28", "The server enforces both timeouts", has.serverClock],
    ["OSM-29", "Optional: replace the id periodically, with a short overlap", renewed],
    ["OSM-30", "A visible logout on every page", has.showLogout],
    [
      "OSM-31",
      "`no-store` on responses that carry the id",
      met("Every response with Set-Cookie or a new token says `Cache-Control: no-store`, whatever the handler says."),
    ],
    [
      "OSM-32",
      "Clear-Site-Data at logout",
      application(
        "Pass `clearSiteData` to `session.end()`. `cookies` reaches sibling subdomains, so it is off by default.",
      ),
    ],
    ["OSM-33", "Optional: warn before the timeout, log out by script", application("`session.endsAt` says when.")],
    [
      "OSM-34",
      "Notice many invalid ids from one source",
      application("Count `session_refused` events by source; limit or block there."),
    ],
    ["OSM-35", "Notice a changed address, device or certificate", has.watchUse],
    ["OSM-36", "Log the life of sessions, never the id itself", has.keepEvents],
    [
      "OSM-37",
      "Protect what administers sessions",
      application("Guard pages that call `manager.list` or `manager.revoke` for others."),
    ],
    ["OSM-38", "Concurrent sessions: decide, and act on the decision", has.limitedPerUser],
    ["OSM-39", "Users see their sessions and end them", has.showSessions],
  ],
};

function isOverTls(settings: Parameters<Decide>[0]): boolean {
  return has.onlyOverTls(settings).answer === "met";
}
