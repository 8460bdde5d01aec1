import type { User } from "../file/load.ts";
import type { Flow } from "../file/schema.ts";
import { type Answer, headerOf } from "../http/exchange.ts";
import type { StoredCookie } from "../http/jar.ts";
import { runFlow } from "../login/flow.ts";
import type { Visitor, World } from "../login/visitor.ts";
import { type Browsing, giveCookies, keepBearer } from "./browsing.ts";
import { type Kept, readKept } from "./kept.ts";
import type { Caused, Tab } from "./tab.ts";

/** What one user's whole visit left in a real browser: login, the page behind it, logout, the back button. */
export interface Journey {
  /** The name of the browser. */
  readonly in: string;
  readonly user: User;
  /** Whether the login was done in the page: else its cookies were brought along, and its scripts did not run. */
  readonly isLoggedInByPage: boolean;
  readonly answers: readonly Answer[];
  /** Those of the login alone. */
  readonly atLogin: readonly Answer[];
  readonly caused: readonly Caused[];
  /** Those before the logout: what comes then may be of the audit file's own making. */
  readonly inside: readonly Caused[];
  /** The secrets that signed the user in there: cookies, and what Authorization said. */
  readonly cookies: readonly StoredCookie[];
  readonly bearers: readonly string[];
  /** The page behind the login, as a person reads it. */
  readonly landing: string;
  /** What its links and buttons are called, also those that a script has made. */
  readonly controls: string;
  readonly kept: Kept;
  readonly out: LoggedOut | null;
}

export interface LoggedOut {
  readonly kept: Kept;
  readonly cookies: readonly StoredCookie[];
  /** What the back button showed, with the network away. */
  readonly back: { readonly text: string; readonly isRestored: boolean };
  /**
   * Whether the page behind the login says something to its user that it does not say to everybody: their name, or the
   * same text each time, and another one to somebody who is signed out.
   */
  readonly isPrivate: boolean;
  /** Whether the browser still had the page that says who is signed in, without asking the server. */
  readonly hasWhoami: boolean;
}

export interface JourneyOptions {
  readonly browsing: Browsing;
  readonly world: World;
  readonly user: User;
  /** Somebody who has logged in by requests, where the login cannot be done in a page. */
  readonly signIn: () => Promise<{ readonly visitor: Visitor; readonly landing: URL }>;
  readonly visitor: Visitor;
  readonly login: Flow;
  readonly logout: Flow | undefined;
  /** The address of who-am-I, if it is opened by GET. */
  readonly whoami: string | null;
  readonly moment: number;
}

interface Leaving {
  readonly page: string;
  readonly logout: Flow;
  /** What the page says to somebody who is signed in. */
  readonly landing: string;
}

export async function travel(options: JourneyOptions): Promise<Journey> {
  const { browsing, world, user, login, logout, whoami } = options;
  const byPage = login.kind === "form" || login.kind === "link" || login.kind === "playwright";
  const { visitor, landing: start } = byPage
    ? { visitor: options.visitor, landing: world.target }
    : await options.signIn();
  const acting = { user, visitor, runByRequests: byRequests };
  return browsing.use(user.key, visit, byPage ? undefined : visitor);

  async function byRequests(flow: Flow, as: Visitor): Promise<URL> {
    return (await runFlow(world, flow, as)).url;
  }

  async function visit(tab: Tab): Promise<Journey> {
    if (byPage) await browsing.act(tab, login, acting);
    else await tab.goto(start.href);
    const atLogin = [...tab.answers];
    if (whoami) await tab.evaluate(ask, whoami).catch(() => {});
    await tab.settled();
    const landing = await tab.text();
    const controls = await tab.evaluate<string>(namesOfControls).catch(() => "");
    const page = tab.url().href;
    const kept = await readKept(tab);
    for (const { where, text } of kept.entries) if (looksLikeToken.test(text)) world.secrets.learn(where, text);
    const cookies = await tab.cookies();
    const bearers = [...new Set(tab.caused.flatMap((each) => headerOf(each, "authorization") ?? []))];
    if (byPage) {
      await giveCookies(tab, visitor);
      keepBearer(tab, visitor, world.secrets);
    }
    const inside = [...tab.caused];
    const out = logout ? await leave(tab, { page, logout, landing }) : null;
    return {
      in: browsing.name,
      user,
      isLoggedInByPage: byPage,
      answers: tab.answers,
      atLogin,
      caused: tab.caused,
      inside,
      cookies,
      bearers: bearers.map((each) => each.replace(/^\w+ /, "")),
      landing,
      controls,
      kept,
      out,
    };
  }

  /** Out, from a page that shows who is signed in, and back to it. */
  async function leave(tab: Tab, { page, logout, landing }: Leaving): Promise<LoggedOut> {
    const isNamed = landing.includes(user.values.name ?? "");
    const isSteady = !isNamed && (await tab.openAtOnce([page]))[0] === landing;
    // A form that stands on the page itself is left from there: what the back button leads to is that page.
    await browsing.act(tab, logout, acting);
    if (tab.url().href === page) await tab.goto(new URL("/?left", world.target).href).catch(() => {});
    const kept = await readKept(tab);
    const cookies = await tab.cookies();
    const hasWhoami = whoami ? await tab.evaluate<boolean>(isKept, whoami).catch(() => false) : false;
    await tab.backOffline(options.moment);
    const text = await tab.text();
    const isRestored = await tab.evaluate<boolean>(wasRestored).catch(() => false);
    const [outside = ""] = isSteady ? await tab.openAtOnce([page]) : [];
    const isPrivate = isNamed || (isSteady && outside !== "" && outside !== landing);
    return { kept, cookies, back: { text, isRestored }, isPrivate, hasWhoami };
  }
}

/** What is kept and looks like this reaches no report, whatever it is. */
const looksLikeToken = /^[\w.~+/=-]{16,4096}$/;
const ask = `(url) => fetch(url).then((answer) => answer.text()).then(() => {}, () => {})`;
/** `only-if-cached` never reaches the network. */
const isKept = `(url) => fetch(url, { cache: "only-if-cached", mode: "same-origin" }).then(({ ok }) => ok, () => false)`;
const namesOfControls = `() => [...document.querySelectorAll("a, button, input[type=submit], [role=button], [role=menuitem]")]
  .map((each) => [each.innerText, each.value, each.ariaLabel, each.title].filter(Boolean).join(" ")).join("\\n")`;
const wasRestored = `() => performance.getEntriesByType("navigation")[0]?.type !== "back_forward"`;
