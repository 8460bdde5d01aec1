import { sendFromElsewhere, type Way } from "../browser/elsewhere.ts";
import type { ReadyRequest, Visitor } from "../login/visitor.ts";
import type { Stage } from "../run/stage.ts";
import { attempt, type Fields, type Forgery } from "./forge.ts";
import { browserOf } from "./kit.ts";

/* What another site can do, done by a page of another site in a real browser. */

/**
 * Lets a page on another site send the change, in a browser that has alice's cookies, and looks for the effect: a line
 * for the proof. Empty where there is no browser.
 */
export async function demonstrate(
  stage: Stage,
  forgery: Forgery,
  { way, fields, request = forgery.own.request }: { way: Way; fields: Fields; request?: ReadyRequest },
): Promise<{ readonly hasEffect: boolean | null; readonly proof: readonly string[] }> {
  const browsing = browserOf(stage);
  if (!browsing) return { hasEffect: null, proof: [] };
  const hasEffect = await attempt(stage, forgery, fields, {}, request, async (ready) => {
    await sendFromElsewhere(browsing, { way, request: ready, visitor: forgery.alice }, async () => {});
    return null;
  });
  const how = `${way} on another site, in ${browsing.name}`;
  return { hasEffect, proof: [hasEffect ? `${how}: the value was changed` : `${how}: the value was not changed`] };
}

/** Whether a script on another site can read an answer, in a browser that has the visitor's cookies; `null` without a browser. */
export async function isReadFromElsewhere(stage: Stage, url: URL, visitor: Visitor): Promise<boolean | null> {
  const browsing = browserOf(stage);
  if (!browsing) return null;
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
