import type { ReadyRequest, Visitor } from "../login/visitor.ts";
import type { Stage } from "../run/stage.ts";
import { attempt, type Fields, type Forgery } from "./forge.ts";

/* What another site can do, done by a page of another site in a real browser. */

/** How the page sends it. */
export type Way = "a form" | "a link" | "a script";

/**
 * Lets a page on another site send the change, in a browser that has alice's cookies, and looks for the effect: a line
 * for the proof. Empty where there is no browser.
 */
export async function demonstrate(
  stage: Stage,
  forgery: Forgery,
  { way, fields, request = forgery.own.request }: { way: Way; fields: Fields; request?: ReadyRequest },
): Promise<{ readonly hasEffect: boolean | null; readonly proof: readonly string[] }> {
  const { browsing } = stage;
  if (!browsing || stage.atOnce === 1) return { hasEffect: null, proof: [] };
  const hasEffect = await attempt(stage, forgery, fields, {}, request, async (ready) => {
    await browsing.use(
      forgery.alice.name,
      async (tab) => {
        await tab.goto(browsing.publish(pageFor(way, ready)));
        const attack = () => tab.evaluate("() => window.attack()");
        await (way === "a script" ? attack() : tab.leave(attack));
        await tab.settled();
      },
      forgery.alice,
    );
    return null;
  });
  const how = `${way} on another site, in ${browsing.name}`;
  return { hasEffect, proof: [hasEffect ? `${how}: the value was changed` : `${how}: the value was not changed`] };
}

/** Whether a script on another site can read an answer, in a browser that has the visitor's cookies; `null` without a browser. */
export async function isReadFromElsewhere(
  { browsing, atOnce }: Stage,
  url: URL,
  visitor: Visitor,
): Promise<boolean | null> {
  if (!browsing || atOnce === 1) return null;
  const page = browsing.publish("<script></script>");
  const read = `(url) => fetch(url, { credentials: "include" }).then((answer) => answer.ok, () => false)`;
  return browsing.use(
    visitor.name,
    async (tab) => {
      await tab.goto(page);
      return tab.evaluate<boolean>(read, url.href);
    },
    visitor,
  );
}

function pageFor(way: Way, { method, url, body, headers }: ReadyRequest): string {
  if (way === "a link")
    return `<a href="${escaped(url.href)}">Look</a>${script(later('document.querySelector("a").click()'))}`;
  const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "text/plain";
  if (way === "a script") {
    const init = JSON.stringify({
      method,
      body,
      headers: { "Content-Type": type },
      credentials: "include",
      mode: "no-cors",
    });
    return script(`fetch(${forScript(JSON.stringify(url.href))}, ${forScript(init)}).then(() => null, () => null)`);
  }
  const inputs = [...new URLSearchParams(body)].map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  const form = `<form method="${method}" action="${escaped(url.href)}">${inputs.join("")}</form>`;
  return form + script(later("HTMLFormElement.prototype.submit.call(document.forms[0])"));
}

/** A page that is left answers no more, so it leaves after it has answered. */
function later(code: string): string {
  return `void setTimeout(() => ${code})`;
}

/** It runs when it is told to: not before somebody looks. */
function script(code: string): string {
  return `<script>window.attack = () => ${code};</script>`;
}

function forScript(json: string): string {
  return json.replaceAll("<", "\\u003c");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
