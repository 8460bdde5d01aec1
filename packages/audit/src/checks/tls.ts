import { headerOf } from "../http/exchange.ts";
import { Trouble } from "../http/trouble.ts";
import type { Check } from "../run/check.ts";
import { fail, pass } from "../run/verdict.ts";
import { credentialCookies, saysSignedIn, whoamiRequest } from "./kit.ts";

const remedy = "use https alone" as const;
const year = 31_536_000;

export const plainHttp: Check = {
  id: "X-TLS-01",
  title: "The session can be used over plain http",
  severity: "high",
  references: { asvs: ["12.2.1"], wstg: ["SESS-09"], nist: ["5.1"], pci: ["4.2.1"], cwe: [319] },
  needs: ["https"],
  onlyLooks: true,
  means: "The application itself answers over http, so that a token may travel unprotected.",
  tested: "Who-am-I was asked over http, with the token.",
  silent: "Where nothing answers over http, it passes.",
  remedy,
  async run(stage) {
    const alice = await stage.signIn();
    const request = await whoamiRequest(stage, alice);
    const origin = new URL(stage.file.plainHttp ?? `http://${stage.world.target.hostname}`);
    const url = new URL(request.url.pathname + request.url.search, origin);
    const cookies = credentialCookies(stage, alice).map(({ name, value }) => `${name}=${value}`);
    const headers = [
      ...request.headers,
      ...alice.headers,
      ...(cookies.length > 0 ? [["Cookie", cookies.join("; ")] as const] : []),
    ];
    const answer = await stage
      .visitor("over http")
      .send({ ...request, url, headers })
      .catch((error: unknown) => {
        if (error instanceof Trouble && error.code === "unreachable") return null;
        throw error;
      });
    if (answer === null) return pass("Nothing answers over http");
    return saysSignedIn(stage, answer)
      ? fail("Who-am-I answers over http as over https", { proof: [`${answer.exchange.id}: signed in over http`] })
      : pass(`Over http the answer is ${answer.status}, and nobody is signed in`);
  },
};

export const strictTransport: Check = {
  id: "X-TLS-02",
  title: "Browsers are not told to use https alone",
  severity: "medium",
  references: { asvs: ["3.4.1"], wstg: ["SESS-09"], cwe: [319] },
  needs: ["https"],
  onlyLooks: true,
  means: "The first request of a visit may go over http, where somebody on the way can answer it.",
  tested:
    "Strict-Transport-Security of the who-am-I page: there, for a year or more, and for subdomains where the cookie has a Domain.",
  silent: "A target over plain http has nothing to be strict about.",
  remedy,
  async run(stage) {
    const alice = await stage.signIn();
    const { answer } = await stage.ask(alice);
    const header = headerOf(answer, "strict-transport-security");
    if (header === null)
      return fail("There is no Strict-Transport-Security", { proof: [`${answer.exchange.id}: the header is missing`] });
    const age = Number(/max-age="?(\d+)/i.exec(header)?.[1] ?? 0);
    if (age < year)
      return fail(`Strict-Transport-Security lasts ${age} s, less than a year`, {
        proof: [`${answer.exchange.id}: ${header}`],
      });
    const isShared = credentialCookies(stage, alice).some(({ isHostOnly }) => !isHostOnly);
    if (isShared && !/includeSubDomains/i.test(header)) {
      return fail("The cookie is for subdomains too, and Strict-Transport-Security is not", {
        proof: [`${answer.exchange.id}: ${header}`],
      });
    }
    return pass("Strict-Transport-Security for a year or more");
  },
};

export const tlsChecks = [plainHttp, strictTransport];
