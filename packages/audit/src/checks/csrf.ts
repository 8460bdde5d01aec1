import type { Check } from "../run/check.ts";
import type { Stage } from "../run/stage.ts";
import { fail, inconclusive, notRun, pass, type Verdict } from "../run/verdict.ts";
import { readableByAnySite } from "./csrf-read.ts";
import { demonstrate } from "./demonstrate.ts";
import { attempt, type Forgery, forgedFields, isOpen, openingOf, prepareForgery, subsetsOf } from "./forge.ts";

const remedy = "check where requests come from" as const;
const needs = ["change", "a cookie", "fresh logins"] as const;
const silent =
  "It says nothing about forms: only a value that really changed counts. Bearer tokens are sent by no other site, so it does not run for them.";
const otherSite = { from: "other site" } as const;

async function withForgery(stage: Stage, judge: (forgery: Forgery) => Promise<Verdict>): Promise<Verdict> {
  const { change } = stage.file.actions ?? {};
  if (!change) return notRun("no change is named");
  const forgery = await prepareForgery(stage, change);
  if (!forgery) return inconclusive("The change has no visible effect even when its user makes it: see actions.change");
  return judge(forgery);
}

/** Whether a browser asks the server first before another site's page may send it. */
function hasPreflight({ own: { request } }: Forgery): boolean {
  return request.method !== "POST" || request.headers.some(([, value]) => value === "application/json");
}

function withForm(stage: Stage, judge: (forgery: Forgery) => Promise<Verdict>): Promise<Verdict> {
  return withForgery(stage, async (forgery) =>
    hasPreflight(forgery)
      ? notRun("a browser asks first before another site may send this change: see X-CSRF-04")
      : judge(forgery),
  );
}

export const otherSiteChanges: Check = {
  id: "X-CSRF-01",
  title: "Another site can make a change for the user",
  severity: "high",
  references: { asvs: ["3.5.1"], wstg: ["SESS-05"], pci: ["6.2.4"], cwe: [352] },
  needs,
  means: "A page of another site, opened by somebody who is signed in, does what they did not ask for.",
  tested:
    "The named change was sent as another site's page would, without anything of the user's own page, and the value was read afterwards. Where that worked, a form on another site did it again in a real browser, if there is one.",
  silent,
  uses: "browser",
  remedy,
  run: (stage) =>
    withForm(stage, async (forgery) => {
      const { state, fields } = await openingOf(stage, forgery);
      if (state === "closed") return pass("The change is refused when another site sends it");
      const shown = await demonstrate(stage, forgery, { way: "a form", fields });
      const proof = [
        ...shown.proof,
        "the value was changed by a request with another site's Origin and Sec-Fetch-Site, without a token of the user's",
      ];
      // What the browser does is what happens: its rules for SameSite are finer than any copy of them.
      return (shown.hasEffect ?? state === "open")
        ? fail("A request of another site changes the value", { proof })
        : fail("Only the cookie's SameSite keeps another site from changing the value", { proof, severity: "medium" });
    }),
};

export const otherUsersToken: Check = {
  id: "X-CSRF-02",
  title: "Another user's CSRF token works",
  severity: "high",
  references: { asvs: ["3.5.1"], wstg: ["SESS-05"], cwe: [352] },
  needs: [...needs, "two users"],
  means: "An attacker fetches a token for their own session and uses it in somebody else's.",
  tested: "The named change was sent in alice's session with the token of bob's page.",
  silent,
  remedy,
  run: (stage) =>
    withForm(stage, async (forgery) => {
      if (forgery.tokens.length === 0) return pass("The change carries no token that could be another's");
      if ((await isOpen(stage, forgery)) !== "closed") return notRun("the change needs no token at all: see X-CSRF-01");
      const fields = forgedFields(forgery, []);
      if (await attempt(stage, forgery, fields, { ...otherSite, cookies: "whatever SameSite says" })) {
        return fail("A token of another user's page is accepted", {
          proof: [`${forgery.tokens.join(", ")} came from the other user's page`],
        });
      }
      return (await attempt(stage, forgery, fields, {}))
        ? fail("A token of another user's page is accepted; only the check of the origin stands", { severity: "low" })
        : pass("A token of another user's page is refused");
    }),
};

export const weakToken: Check = {
  id: "X-CSRF-03",
  title: "The CSRF token may be empty, doubled or made up",
  severity: "high",
  references: { asvs: ["3.5.1"], wstg: ["SESS-05"], cwe: [352] },
  needs,
  means: "The token is compared in a way that something else passes too.",
  tested:
    "The named change was sent as another site's page would, with the token empty, as zeros of the same length, and twice.",
  silent,
  remedy,
  run: (stage) =>
    withForm(stage, async (forgery) => {
      if (forgery.tokens.length === 0) return pass("The change carries no token");
      if ((await isOpen(stage, forgery)) !== "closed") return notRun("the change needs no token at all: see X-CSRF-01");
      const base = forgedFields(forgery, []);
      for (const token of forgery.tokens) {
        const changed = (to: (value: string) => string) =>
          base.map(([name, value]) => [name, name === token ? to(value) : value] as const);
        const variants = {
          "left empty": changed(() => ""),
          "made of zeros": changed((value) => "0".repeat(value.length)),
          "sent twice": [...changed(() => "x"), [token, "x"] as const],
        };
        for (const [how, fields] of Object.entries(variants)) {
          if (await attempt(stage, forgery, fields, { ...otherSite, cookies: "whatever SameSite says" })) {
            return fail(`The change goes through with ${token} ${how}`, {
              proof: [`${token} ${how}: the value was changed`],
            });
          }
        }
      }
      return pass("Empty, made-up and doubled tokens are refused");
    }),
};

export const noPreflight: Check = {
  id: "X-CSRF-04",
  title: "A JSON change can be sent without a preflight",
  severity: "high",
  references: { asvs: ["3.5.2"], wstg: ["SESS-05"], cwe: [352] },
  needs,
  means: "The server takes JSON under a content type that any site may send without asking first.",
  tested: "The named change was sent with its JSON as text/plain, as another site's page would.",
  silent: `${silent} A change that is sent as a form is judged by X-CSRF-01.`,
  uses: "browser",
  remedy,
  run: (stage) =>
    withForgery(stage, async (forgery) => {
      const { request } = forgery.own;
      if (!request.headers.some(([, value]) => value === "application/json"))
        return notRun("the change is sent as a form, not as JSON");
      const plain = { ...request, headers: [["Content-Type", "text/plain"] as const] };
      for (const cookies of ["none", "whatever SameSite says"] as const) {
        if (await attempt(stage, forgery, forgery.own.fields, { ...otherSite, cookies }, plain)) {
          const summary = "The change goes through as text/plain from another site";
          const { own } = forgery;
          const body = JSON.stringify(Object.fromEntries(own.fields));
          const shown = await demonstrate(stage, forgery, {
            way: "a script",
            fields: own.fields,
            request: { ...plain, body },
          });
          return fail(summary, {
            proof: shown.proof,
            ...(!(shown.hasEffect ?? cookies === "none") && { severity: "medium" as const }),
          });
        }
      }
      return pass("JSON is taken under its own content type alone");
    }),
};

export const safeMethodChanges: Check = {
  id: "X-CSRF-05",
  title: "GET or a method override makes the change",
  severity: "high",
  references: { asvs: ["3.5.3"], wstg: ["SESS-05"], cwe: [352] },
  needs,
  means: "A link or an image of another site makes the change, and SameSite=Lax does not help.",
  tested: "The named change was sent as a link of another site would: by GET, and by GET with _method=POST.",
  silent,
  uses: "browser",
  remedy,
  run: (stage) =>
    withForgery(stage, async (forgery) => {
      for (const override of [[], [["_method", "POST"] as const]]) {
        for (const without of subsetsOf(forgery.tokens)) {
          if (forgery.tokens.length > 0 && without.length === 0) continue;
          const url = new URL(forgery.own.request.url);
          for (const [name, value] of [...forgedFields(forgery, without), ...override])
            url.searchParams.append(name, value);
          const request = { method: "GET", url, headers: [], body: "" };
          if (await attempt(stage, forgery, [], otherSite, request)) {
            const { proof } = await demonstrate(stage, forgery, { way: "a link", fields: [], request });
            return fail(`GET ${url.pathname} makes the change${override.length > 0 ? ", with _method=POST" : ""}`, {
              proof,
            });
          }
        }
      }
      return pass("Neither GET nor an override makes the change");
    }),
};

export const csrfChecks = [
  otherSiteChanges,
  otherUsersToken,
  weakToken,
  noPreflight,
  safeMethodChanges,
  readableByAnySite,
];
