import { describe } from "../core/describe.ts";
import { isObject } from "../core/json.ts";
import { insteadOf } from "../core/option-names.ts";

const common = ["name", "sameSite", "persistent", "scope"];
const keysOf: { readonly [scope: string]: readonly string[] } = {
  host: common,
  site: [...common, "domain"],
  path: [...common, "path"],
  embedded: ["name", "persistent", "scope"],
  insecure: common,
};

/** Every problem of the cookie options, each with what to write instead. */
export function cookieProblems(
  cookie: unknown,
  { isProduction }: { readonly isProduction: boolean },
): readonly string[] {
  if (!isObject(cookie))
    return [`cookie is ${describe(cookie)}: write an object, like { scope: "host" }, or leave it out`];
  const { name = "id", sameSite = "Lax", persistent = false, scope = "host", domain, path } = cookie;
  const problems: string[] = [];
  const allowed = typeof scope === "string" && Object.hasOwn(keysOf, scope) ? keysOf[scope] : undefined;
  if (!allowed)
    return [
      `cookie.scope is ${describe(scope)}: write ${Object.keys(keysOf)
        .map((each) => `"${each}"`)
        .join(", ")}`,
    ];

  for (const key of Object.keys(cookie)) {
    if (allowed.includes(key)) continue;
    problems.push(
      key === "secure" || key === "httpOnly"
        ? `cookie.${key} cannot be chosen: it is always on (scope "insecure" drops Secure, for development on plain HTTP)`
        : `cookie.${key} does not go with scope "${scope}": ${insteadOf(key, allowed)}`,
    );
  }
  if (typeof name !== "string" || !/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    problems.push(`cookie.name is ${describe(name)}: write 1 to 64 letters, digits, "-" or "_"`);
  } else if (/^__/.test(name)) {
    problems.push(`cookie.name is ${describe(name)}: leave the prefix out, it follows from the scope`);
  }
  if (sameSite !== "Strict" && sameSite !== "Lax") {
    problems.push(
      `cookie.sameSite is ${describe(sameSite)}: write "Strict" or "Lax"; for use inside other sites, scope: "embedded"`,
    );
  }
  if (typeof persistent !== "boolean")
    problems.push(`cookie.persistent is ${describe(persistent)}: write true or false`);
  if (scope === "site" && !isDomain(domain)) {
    problems.push(
      `cookie.domain is ${describe(domain)}: write the domain that is shared, like "example.com", without a leading dot`,
    );
  }
  if (scope === "path" && !(typeof path === "string" && /^\/[!-:<-~]*$/.test(path))) {
    problems.push(`cookie.path is ${describe(path)}: write an absolute path without ";", like "/shop"`);
  }
  if (scope === "insecure" && isProduction) {
    problems.push(
      'cookie.scope "insecure" is refused in production: leave it out and serve over https; on localhost Secure cookies work without it',
    );
  }
  return problems;
}

function isDomain(domain: unknown): boolean {
  return (
    typeof domain === "string" &&
    domain.length <= 253 &&
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i.test(domain)
  );
}
