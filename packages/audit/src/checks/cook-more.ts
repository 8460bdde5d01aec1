import { randomBytes } from "node:crypto";
import type { Answer } from "../http/exchange.ts";
import type { Check } from "../run/check.ts";
import { fail, info, pass } from "../run/verdict.ts";
import { allParts, issuedLines, listed } from "./kit.ts";

/* What is seen only by comparing answers, or by knowing frameworks. */

const attributes = ["Secure", "HttpOnly", "SameSite", "Domain"] as const;
/** Of these having one is the weakness. */
const weakening: ReadonlySet<string> = new Set(["Domain"]);

export const attributesDiffer: Check = {
  id: "X-COOK-08",
  title: "One answer sets the cookie more weakly than another",
  severity: "medium",
  references: { asvs: ["3.3.1", "3.3.2", "3.3.3", "3.3.4"], wstg: ["SESS-02"] },
  needs: ["a cookie"],
  onlyLooks: true,
  means: "A browser keeps the attributes of the answer that came last: the weakest one protects the cookie.",
  tested:
    "Every answer that gives the cookie a value was compared: of logins, of pages behind them, of an address that does not exist and of a file.",
  silent: "Where one answer alone sets the cookie, there is nothing to compare. Answers that delete it do not count.",
  remedy: "set cookie attributes",
  async run(stage) {
    const alice = await stage.signIn();
    const seen: Answer[] = [...alice.loginAnswers, ...stage.seen];
    const paths = ["/", `/${randomBytes(6).toString("hex")}`, "/favicon.ico"];
    for (const path of paths) seen.push(await alice.copy(alice.name).open(path));
    seen.push((await stage.ask(alice)).answer);
    const lines = seen.flatMap((answer) => issuedLines(stage, answer).map((line) => ({ answer, line })));
    for (const { name } of allParts(stage)) {
      const own = lines.filter(({ line }) => line.startsWith(`${name}=`));
      for (const attribute of attributes) {
        const isWeak = ({ line }: { line: string }) => has(line, attribute) === weakening.has(attribute);
        const weak = own.find(isWeak);
        const strong = own.find((each) => !isWeak(each));
        if (weak && strong) {
          const is = weakening.has(attribute) ? "with" : "without";
          return fail(
            `${weak.answer.url.pathname} sets ${name} ${is} ${attribute}; ${strong.answer.url.pathname} does not`,
            {
              proof: [`${weak.answer.exchange.id}: ${is} ${attribute}`, `${strong.answer.exchange.id}: the other way`],
            },
          );
        }
      }
    }
    return pass("Every answer that sets the cookie sets it in the same way");
  },
};

function has(line: string, attribute: string): boolean {
  return line
    .split(";")
    .slice(1)
    .some((part) => part.trim().split("=")[0]?.toLowerCase() === attribute.toLowerCase());
}

/** Names that a framework gives where nobody gave one. */
const defaultNames: readonly (readonly [RegExp, string])[] = [
  [/^connect\.sid$/, "Express"],
  [/^koa[.:]sess(\.sid)?$/, "Koa"],
  [/^sessionid$/, "Django or Fastify"],
  [/^session$/, "Flask or Hono"],
  [/^PHPSESSID$/, "PHP"],
  [/^laravel_session$/, "Laravel"],
  [/^JSESSIONID$/, "Java servlets"],
  [/^SESSION$/, "Spring Session"],
  [/^ASP\.NET_SessionId$/, "ASP.NET"],
  [/^\.AspNetCore\.(Session|Cookies|Identity\.Application)$/, "ASP.NET Core"],
  [/^_\w+_session$/, "Rails"],
  [/^rack\.session$/, "Rack"],
  [/^CFID$|^CFTOKEN$/, "ColdFusion"],
];

export const defaultName: Check = {
  id: "X-COOK-10",
  title: "The cookie has its framework's own name",
  severity: "info",
  references: { wstg: ["SESS-01"] },
  needs: ["a cookie"],
  means: "The name tells everybody what the application is made with. By itself it lets nobody in.",
  tested: "The cookie's name was compared with those that frameworks give by themselves.",
  silent: "It is information, never a failure.",
  remedy: "set cookie attributes",
  async run(stage) {
    const known = allParts(stage).flatMap(({ name }) => {
      const framework = defaultNames.find(([pattern]) => pattern.test(name))?.[1];
      return framework === undefined ? [] : [`${name} is the name that ${framework} gives`];
    });
    return known.length === 0 ? pass("The name is none that a framework gives") : info(listed(known));
  },
};

export const moreCookChecks = [attributesDiffer, defaultName];
