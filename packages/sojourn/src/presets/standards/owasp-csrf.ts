import * as has from "../mechanisms.ts";
import { application, doesNotApply, met, notMet, type Standard, when } from "../requirement.ts";

const inDepth = when(
  ({ csrf, transport }) => csrf === "token" || transport.kind === "bearer" || transport.sameSite !== "None",
  met('`SameSite`, Fetch Metadata and, with `csrf: "token"`, a token: no single one is relied on.'),
  notMet('`SameSite=None` with `csrf: "fetch-metadata"`: one defence stands alone. Use `csrf: "token"`.'),
);

const ownOrigins = has.isBearer(
  has.crossSiteRefused,
  when(
    ({ origins }) => origins.length > 0,
    met("Unless Sec-Fetch-Site says same-origin, Origin must equal one of `origins`, or the request is refused."),
    notMet("`origins` is empty, as only development allows: any Origin on this machine counts as the own."),
  ),
);

const notDoubleSubmit = doesNotApply("tokens derive from the session; nothing is submitted twice.");

/** The OWASP CSRF Prevention Cheat Sheet, as of August 2026. */
export const owaspCsrf: Standard = {
  name: "OWASP CSRF Prevention Cheat Sheet",
  requirements: [
    [
      "OCS-01",
      "A defence on everything that changes state: built in, token, or Fetch Metadata with a fallback",
      has.crossSiteRefused,
    ],
    ["OCS-02", "At least one more measure in depth", inDepth],
    [
      "OCS-03",
      "No change of state on GET",
      application("The guard lets GET, HEAD and OPTIONS pass: change nothing there."),
    ],
    [
      "OCS-04",
      "Tokens are secret, unpredictable, tied to the session, checked",
      has.usesCsrfToken(met("The token derives from the session's secret and changes at login.")),
    ],
    [
      "OCS-05",
      "Tokens travel in a header or field, not in a cookie or URL",
      has.usesCsrfToken(
        met(
          "`csrfToken()` masks it anew each time, for a form field or header; the guard looks at no cookie or URL for it.",
        ),
      ),
    ],
    ["OCS-06", "A signed double-submit is bound to the session", notDoubleSubmit],
    [
      "OCS-07",
      "HMAC over a value that changes at login, compared in constant time",
      has.usesCsrfToken(met("HMAC over the session's lineage, which is new at login; compared in constant time.")),
    ],
    ["OCS-08", "No naive double-submit", met("The guard never compares a cookie with itself.")],
    ["OCS-09", "Unsafe requests from other sites are refused", has.crossSiteRefused],
    ["OCS-10", "Requests from sibling subdomains are not trusted by default", ownOrigins],
    ["OCS-11", "`none` counts only for navigation the user started", has.crossSiteRefused],
    ["OCS-12", "Without Fetch Metadata, verify Origin; fail closed", ownOrigins],
    ["OCS-13", "Unknown values of Sec-Fetch-Site are ignored", has.crossSiteRefused],
    ["OCS-14", "HTTPS and HSTS everywhere, or Fetch Metadata is not sent", has.sendHsts],
    [
      "OCS-15",
      "`Vary: Sec-Fetch-Site, Origin` where responses differ",
      application("Unsafe requests are not cached; add it where your own GET handlers read these headers."),
    ],
    [
      "OCS-16",
      "Roll out with logging; document exceptions",
      application("`csrf_refused` events show what would break."),
    ],
    [
      "OCS-17",
      "JSON interfaces refuse the content types of plain forms",
      application("The guard does not look at Content-Type; refuse form types in your JSON routes."),
    ],
    [
      "OCS-18",
      "Credentialed CORS for a fixed list of own origins",
      application("CORS is configured in the application."),
    ],
    ["OCS-19", "SameSite is not the only defence", has.crossSiteRefused],
    ["OCS-20", "Origin is compared exactly, with configured origins", ownOrigins],
    ["OCS-21", "`__Host-` on cookies with CSRF tokens", doesNotApply("no cookie holds a CSRF token.")],
    ["OCS-22", "Critical operations ask the user again", has.askAgain],
    [
      "OCS-23",
      "The login form is protected; its session does not live on",
      met("The guard covers requests before login too, and `authenticate` removes the session from before."),
    ],
    ["OCS-24", "Scripts build no request from untrusted parts of a URL", application("This is the page's own code.")],
  ],
};
