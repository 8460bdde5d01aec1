import type { ReadyRequest, Visitor } from "../login/visitor.ts";
import type { Browsing } from "./browsing.ts";
import type { Tab } from "./tab.ts";

/* What pages of another site make a real browser do. */

/** How the page sends a request. */
export type Way = "a form" | "a link" | "a script" | "a sandboxed frame";

/** Lets a page on another site send a request, in a new browser that has a visitor's cookies, and looks at what came of it. */
export async function sendFromElsewhere<Result>(
  browsing: Browsing,
  { way, request, visitor }: { way: Way; request: ReadyRequest; visitor: Visitor },
  look: (tab: Tab) => Promise<Result>,
): Promise<Result> {
  return browsing.use(
    visitor.name,
    async (tab) => {
      await tab.goto(browsing.publish(pageFor(way, request)));
      const attack = () => tab.evaluate("() => window.attack()");
      await (way === "a script" ? attack() : tab.leave(attack, request.url));
      await tab.settled();
      return look(tab);
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
  const submit = "HTMLFormElement.prototype.submit.call(document.forms[0])";
  if (way === "a form") return form + script(later(submit));
  // Its origin is "null": nobody's.
  const framed = forScript(JSON.stringify(`${form}<script>${submit}</script>`));
  return `<iframe sandbox="allow-scripts allow-forms"></iframe>${script(later(`document.querySelector("iframe").srcdoc = ${framed}`))}`;
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
