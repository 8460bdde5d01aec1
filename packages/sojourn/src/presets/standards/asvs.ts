import { prefixUnlessShared, securePrefix } from "../cookie-scope.ts";
import * as has from "../mechanisms.ts";
import { application, met, notMet, type Standard, when } from "../requirement.ts";

const documented = application(
  "This report lists both timeouts and what deviates from SP 800-63B; the rest of the document is yours.",
);
const federation = application(
  "Pass the provider's `sid` as `ref`, its time and level to `authenticate`; the agreement is yours.",
);
const separateHosts = when(
  ({ transport }) => transport.kind === "cookie" && transport.scope === "path",
  notMet("`cookie.scope` is path: a shared host, and a path is no barrier to scripts."),
  application("Give each application its own host name."),
);

/** OWASP ASVS 5.0.0: session management whole (V7), and what touches sessions elsewhere. In brackets the level. */
export const asvs: Standard = {
  name: "OWASP ASVS 5.0.0",
  requirements: [
    ["ASVS-7.1.1", "(L2) Both timeouts are documented, deviations from SP 800-63B explained", documented],
    ["ASVS-7.1.2", "(L2) The number of concurrent sessions and what happens beyond is documented", has.limitedPerUser],
    ["ASVS-7.1.3", "(L2) Federated systems and how their sessions end is documented", federation],
    ["ASVS-7.2.1", "(L1) Tokens are verified by the backend", has.serverClock],
    ["ASVS-7.2.2", "(L1) Tokens are made dynamically, no static keys", has.newAtLogin],
    ["ASVS-7.2.3", "(L1) Tokens are unique, from a CSPRNG, with at least 128 bits", has.unguessable],
    [
      "ASVS-7.2.4",
      "(L1) A new token at authentication and re-authentication; the old one dies",
      met("`authenticate`, `elevate` and `unlock` replace the secret; the old one is refused at once."),
    ],
    ["ASVS-7.3.1", "(L2) The documented inactivity timeout is enforced", has.idleStated],
    ["ASVS-7.3.2", "(L2) The documented absolute timeout is enforced", has.absoluteStated],
    ["ASVS-7.4.1", "(L1) No use after logout or expiry", has.endedForGood],
    ["ASVS-7.4.2", "(L1) Disabled and deleted accounts lose all sessions", has.revokeWhenDisabled],
    [
      "ASVS-7.4.3",
      "(L2) Offer to end all other sessions after a factor changed",
      application("Offer `session.endOthers()` there."),
    ],
    ["ASVS-7.4.4", "(L2) Logout is visible on every page behind login", has.showLogout],
    [
      "ASVS-7.4.5",
      "(L2) Administrators can end the sessions of one user or all",
      application("`manager.revokeAll(userId)` for one, in a loop for all; the page is yours."),
    ],
    ["ASVS-7.5.1", "(L2) Full re-authentication before e-mail, phone, factors or recovery change", has.askAgain],
    ["ASVS-7.5.2", "(L2) Users list their sessions and, re-authenticated, end them", has.showSessions],
    ["ASVS-7.5.3", "(L3) Another proof before highly sensitive transactions", has.askAgain],
    ["ASVS-7.6.1", "(L2) Lifetimes between provider and application behave as documented", federation],
    [
      "ASVS-7.6.2",
      "(L2) No new session without the user's action",
      met("Reading never makes a session, and only `authenticate` makes an authenticated one."),
    ],
    ["ASVS-3.3.1", "(L1) `Secure`, and a `__Host-` or `__Secure-` name", securePrefix],
    ["ASVS-3.3.2", "(L2) `SameSite` fits the cookie's purpose", has.sameSite],
    ["ASVS-3.3.3", "(L2) `__Host-` unless made to be shared between hosts", prefixUnlessShared],
    ["ASVS-3.3.4", "(L2) `HttpOnly`, and the value travels in Set-Cookie alone", has.httpOnly],
    [
      "ASVS-3.3.5",
      "(L3) Name and value within 4096 bytes",
      met("A token is well under 100 characters, whatever the data."),
    ],
    [
      "ASVS-3.2.1",
      "(L1) No rendering of responses in the wrong context",
      application("Content types, CSP and dispositions are the application's."),
    ],
    ["ASVS-3.4.1", "(L1) HSTS for at least a year, from L2 on with subdomains", has.sendHsts],
    ["ASVS-3.4.2", "(L1) CORS origins are fixed or on a list", application("CORS is configured in the application.")],
    ["ASVS-3.5.1", "(L1) Sensitive functions verify that a request comes from the own origin", has.crossSiteRefused],
    ["ASVS-3.5.2", "(L1) What relies on preflight cannot be called without it", has.crossSiteRefused],
    [
      "ASVS-3.5.3",
      "(L1) Sensitive functions are not on GET, HEAD or OPTIONS",
      application("The guard lets safe methods pass: change nothing there."),
    ],
    ["ASVS-3.5.4", "(L2) Separate applications on separate host names", separateHosts],
    ["ASVS-3.5.5", "(L2) postMessage checks origin and syntax", application("This is the page's own code.")],
    [
      "ASVS-3.5.8",
      "(L3) Authenticated resources load only where intended",
      application("The guard covers unsafe methods; send CORP or judge Sec-Fetch-* on reads."),
    ],
    ["ASVS-6.2.3", "(L1) A password change asks for the current password", has.askAgain],
    [
      "ASVS-6.3.7",
      "(L3) Users are told of changes to their credentials",
      application("Send the message where you change them."),
    ],
    ["ASVS-6.8.4", "(L2) Strength and time of a federated authentication are verified", federation],
    ["ASVS-8.2.4", "(L3) Adaptive controls during a session", has.watchUse],
    [
      "ASVS-8.3.2",
      "(L3) Changes of authorization apply at once",
      application("Ask for permissions on every request; call `manager.privilegesChanged(userId)` after a change."),
    ],
    ["ASVS-11.2.4", "(L3) Comparisons of secrets in constant time", has.constantTime],
    ["ASVS-11.5.1", "(L2) Unguessable values have 128 bits from a CSPRNG; UUIDs do not", has.unguessable],
    ["ASVS-14.2.1", "(L1) No session token in a URL", has.notInUrl],
    [
      "ASVS-14.2.2",
      "(L2) No sensitive data in shared caches",
      application("Authenticated responses default to `private`; what your proxies do with it is deployment."),
    ],
    [
      "ASVS-14.3.1",
      "(L1) Client data is cleared when the session ends, even offline",
      application("Clear storage and DOM by script; pass `clearSiteData` to `session.end()`."),
    ],
    [
      "ASVS-14.3.2",
      "(L2) `no-store` on sensitive data",
      application(
        "Responses with Set-Cookie have it; authenticated ones default to `private, no-cache`: raise sensitive pages to `no-store`.",
      ),
    ],
    [
      "ASVS-14.3.3",
      "(L2) No sensitive data in browser storage, session tokens excepted",
      application("What your scripts store is theirs; the token is out of their reach."),
    ],
    ["ASVS-16.2.5", "(L2) Session tokens in logs only hashed or masked", has.noSecretsInEvents],
    ["ASVS-16.3.1", "(L2) Authentication is logged, with the factor", has.keepEvents],
    ["ASVS-16.5.3", "(L2) Failures fail closed", has.failsClosed],
  ],
};
