import type { Settings } from "../core/settings.ts";
import type { Decide, Decision } from "./requirement.ts";

type Scope = Extract<Settings["transport"], { kind: "cookie" }>["scope"];

/** An answer for each scope of the cookie; a manager without a cookie meets what is asked of cookies. */
export function byScope(answers: { readonly [scope in Scope]: Decision }): Decide {
  return ({ transport }) =>
    transport.kind === "bearer"
      ? { answer: "met", because: "Does not apply: `transport` is bearer, there is no cookie." }
      : answers[transport.scope];
}

const host: Decision = {
  answer: "met",
  because: "`cookie.scope` is host: `__Host-Http-` prefix, `Path=/`, no Domain.",
};
const embedded: Decision = {
  answer: "met",
  because: "`cookie.scope` is embedded: `__Host-Http-` prefix, `Path=/`, no Domain.",
};
const insecure: Decision = { answer: "not met", because: "`cookie.scope` is insecure: the name has no prefix." };

/** `__Host-` wherever the cookie is not shared between subdomains. */
export const prefixUnlessShared = byScope({
  host,
  embedded,
  site: {
    answer: "not decided by the library",
    because: "`cookie.scope` is site: `__Secure-`, right only where subdomains must share it.",
  },
  path: {
    answer: "not met",
    because: "`cookie.scope` is path: `__Secure-`, although subdomains do not share the cookie.",
  },
  insecure,
});

/** `__Host-` without exception. */
export const hostPrefix = byScope({
  host,
  embedded,
  site: { answer: "not met", because: "`cookie.scope` is site: the prefix is `__Secure-`." },
  path: { answer: "not met", because: "`cookie.scope` is path: the prefix is `__Secure-`." },
  insecure,
});

/** `Secure`, and either prefix. */
export const securePrefix = byScope({
  host,
  embedded,
  site: { answer: "met", because: "`cookie.scope` is site: `Secure`, `__Secure-` prefix." },
  path: { answer: "met", because: "`cookie.scope` is path: `Secure`, `__Secure-` prefix." },
  insecure: { answer: "not met", because: "`cookie.scope` is insecure: neither `Secure` nor a prefix." },
});

/** As few hosts and paths as possible. */
export const narrow = byScope({
  host,
  embedded,
  site: { answer: "not met", because: "`cookie.scope` is site: the cookie has a Domain and goes to every subdomain." },
  path: { answer: "met", because: "`cookie.scope` is path: no Domain, and the given path alone." },
  insecure: { answer: "met", because: "`cookie.scope` is insecure: no Domain. Subdomains can still overwrite it." },
});
