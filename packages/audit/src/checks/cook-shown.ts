import { hasSiblings } from "../browser/attacker.ts";
import { sendFromElsewhere } from "../browser/elsewhere.ts";
import type { Tab } from "../browser/tab.ts";
import { headerOf } from "../http/exchange.ts";
import type { Member, Stage } from "../run/stage.ts";
import { allParts, browserOf } from "./kit.ts";

/* What a real browser does with a cookie, if there is one: lines for the proof of what its attributes let happen. */

/** Whether a form on another site sends the cookie along. The address does not exist, so nothing is changed. */
export async function sentByAnotherSite(stage: Stage, member: Member): Promise<readonly string[]> {
  const browsing = browserOf(stage);
  if (!browsing) return [];
  const url = new URL("/no-such-page-of-an-audit", stage.world.target);
  const request = { method: "POST", url, headers: [], body: "" };
  return sendFromElsewhere(browsing, { way: "a form", request, visitor: member }, async (tab) => [
    `a form on another site, in ${browsing.name}: ${sentTo(stage, tab, url) ? "the cookie goes along" : "the cookie stays away"}`,
  ]);
}

/** Whether a page that is opened over http gets the cookie. */
export async function sentOverHttp(stage: Stage, member: Member): Promise<readonly string[]> {
  const browsing = browserOf(stage);
  if (!browsing) return [];
  const url = new URL(stage.file.plainHttp ?? `http://${stage.world.target.hostname}/`);
  const isSent = await browsing.use(
    member.name,
    async (tab) => {
      await tab.goto(url.href).catch(() => {});
      return sentTo(stage, tab, url);
    },
    member,
  );
  return [`${url.origin}, opened in ${browsing.name}: ${isSent ? "the cookie was sent" : "the cookie was not sent"}`];
}

/** Whether another host of the domain gets the cookie, and can put its own in its place. */
export async function sharedWithSiblings(stage: Stage, member: Member): Promise<readonly string[]> {
  const browsing = browserOf(stage);
  const { hostname } = stage.world.target;
  if (!browsing || !hasSiblings(hostname)) return [];
  const { name } = allParts(stage)[0] ?? { name: "" };
  const page = browsing.publish("<script></script>", "same domain");
  const plant = `({ name, domain }) => { document.cookie = name + "=planted; Domain=" + domain + "; Path=/"; }`;
  return browsing.use(
    member.name,
    async (tab) => {
      await tab.goto(page);
      const isSent = sentTo(stage, tab, new URL(page));
      await tab.evaluate(plant, { name, domain: hostname });
      const isPlanted = (await tab.cookies()).some((each) => each.name === name && each.value === "planted");
      const host = `${new URL(page).host}, opened in ${browsing.name}`;
      return [
        `${host}: ${isSent ? `gets ${name}` : `does not get ${name} over http`}`,
        ...(isPlanted ? [`${host}: its script puts another ${name} beside it or in its place`] : []),
      ];
    },
    member,
  );
}

function sentTo(stage: Stage, { caused }: Tab, url: URL): boolean {
  const names = allParts(stage).filter(({ kind }) => kind === "cookie");
  return caused.some(
    (each) =>
      each.url.startsWith(url.href) &&
      names.some(({ name }) => new RegExp(`(^|; )${escaped(name)}=`).test(headerOf(each, "cookie") ?? "")),
  );
}

function escaped(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
