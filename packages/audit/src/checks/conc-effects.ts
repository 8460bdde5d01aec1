import { fits } from "../oracle/oracle.ts";
import type { Check } from "../run/check.ts";
import { fail, inconclusive, notRun, pass } from "../run/verdict.ts";

/* What many requests at once do to what they change. */

const remedy = "keep requests apart" as const;
const many = 20;

export const writesLost: Check = {
  id: "X-CONC-04",
  title: "Of several changes at once, some are lost",
  severity: "info",
  references: { cwe: [362] },
  needs: ["count", "several at once", "fresh logins"],
  means: "What a user does in two tabs at once is done once.",
  tested:
    "Something that counts was asked twenty times at once to count one up, and the number was read before and after.",
  silent: "It needs actions.count in the audit file.",
  remedy,
  async run(stage) {
    const { count } = stage.file.actions ?? {};
    if (!count) return notRun("nothing that counts is named");
    const alice = await stage.signIn();
    const number = async () => Number(await stage.read(count, alice));
    const before = await number();
    const { request } = await stage.prepare(count.do, alice);
    await Promise.all(Array.from({ length: many }, () => alice.copy(alice.name).send(request)));
    const counted = (await number()) - before;
    if (Number.isNaN(counted)) return inconclusive("What is read is no number: see actions.count.seenAt");
    return counted < many
      ? fail(`${many - counted} of ${many} changes at once are lost`)
      : pass(`${many} changes at once are all there`);
  },
};

export const usedTwice: Check = {
  id: "X-CONC-05",
  title: "What may be used once is used twice",
  severity: "high",
  references: { cwe: [362, 294] },
  needs: ["once", "several at once", "fresh logins"],
  means: "A code, a voucher or a confirmation counts several times for whoever sends it quickly.",
  tested: "The named request was sent twenty times at once, and its answers were counted that say it worked.",
  silent: "It needs actions.once in the audit file.",
  remedy,
  async run(stage) {
    const { once } = stage.file.actions ?? {};
    if (!once) return notRun("nothing that may be used once is named");
    const alice = await stage.signIn();
    const { request } = await stage.prepare(once.do, alice);
    const answers = await Promise.all(Array.from({ length: many }, () => alice.copy(alice.name).send(request)));
    const worked = answers.filter((answer) => fits(answer, once.worked, alice.user));
    if (worked.length === 0) return inconclusive("None of the answers says that it worked: see actions.once");
    return worked.length > 1
      ? fail(`${worked.length} of ${many} requests at once worked; one may`, {
          proof: worked.slice(0, 2).map(({ exchange }) => `${exchange.id}: it worked`),
        })
      : pass(`One of ${many} requests at once worked`);
  },
};

export const effectChecks = [writesLost, usedTwice];
