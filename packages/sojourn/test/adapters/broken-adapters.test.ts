import { expect, test } from "vitest";
import type { RequestFacts, ResponseSink, SessionManager } from "../../src/index.ts";
import { AdapterContractError, adapterChecks, type AdapterApplicationData as Data } from "../../src/testing/index.ts";
import { startOnNode } from "./applications/node.ts";

type Manager = SessionManager<Data>;
type Open = Manager["open"];

/** What an adapter can get wrong between the framework and the engine, and a check that catches it. */
interface BrokenAdapter {
  readonly caughtBy: string;
  readonly breakIt: (manager: Manager) => Partial<Manager>;
}

const broken: { readonly [mistake: string]: BrokenAdapter } = {
  "takes every connection for TLS": {
    caughtBy: "a token that came over plain HTTP is refused, and its cookie left alone",
    breakIt: (manager) => openingWith(manager, (facts) => ({ ...facts, secure: true })),
  },
  "takes the address it listens on for the host": {
    caughtBy: "no session is issued over plain HTTP",
    breakIt: (manager) => openingWith(manager, (facts) => ({ ...facts, url: "http://127.0.0.1/" })),
  },
  "believes a forwarded header from everybody": {
    caughtBy: "no forwarded header is believed where no proxy is named",
    breakIt: (manager) =>
      openingWith(manager, (facts) => ({ ...facts, secure: facts.header("x-forwarded-proto") === "https" })),
  },
  "loses the Origin header": {
    caughtBy: "a login from a page on plain HTTP is refused with its reason",
    breakIt: (manager) =>
      openingWith(manager, (facts) => ({
        ...facts,
        header: (name) => (name === "origin" ? null : facts.header(name)),
      })),
  },
  "reads only the first cookie of a name": {
    caughtBy: "tossed cookies are refused, and not cleared",
    breakIt: (manager) =>
      openingWith(manager, (facts) => ({
        ...facts,
        header: (name) => (name === "cookie" ? (facts.header(name)?.split(";")[0] ?? null) : facts.header(name)),
      })),
  },
  "clears a cookie it does not understand": {
    caughtBy: "tossed cookies are refused, and not cleared",
    breakIt: (manager) => ({
      async open(facts, sink, options) {
        const session = await manager.open(facts, sink, options);
        if (session.kind === "anonymous" && session.because !== "none") await session.end();
        return session;
      },
    }),
  },
  "forgets what the engine says about caching": {
    caughtBy: "what a signed-in user sees is private, unless the handler says something else",
    breakIt: (manager) => answeringWith(manager, (sink) => overriding(sink, { setCaching: () => {} })),
  },
  "claims that cookies can still be set when the headers are sent": {
    caughtBy: "a login after the headers were sent is a clear error, and nothing is written",
    breakIt: (manager) =>
      answeringWith(manager, () => ({ writable: true, setCookie() {}, setHeader() {}, setCaching() {} })),
  },
  "shortens the cookie's attributes when it deletes": {
    caughtBy: "logout ends the session and deletes the cookie with exactly the attributes it was set with",
    breakIt: (manager) =>
      answeringWith(manager, (sink) =>
        overriding(sink, {
          setCookie: (name, line) => sink.setCookie(name, line.replace(/(Max-Age=0.*?)(?:; Path=.*)/, "$1")),
        }),
      ),
  },
  "does not ask the CSRF guard": {
    caughtBy: "a cross-site request that would change something is refused, and changes nothing",
    breakIt: () => ({ checkCsrf: () => ({ allowed: true }) }),
  },
  "does not hand the CSRF token over": {
    caughtBy: "where the policy asks for a CSRF token, it is read from the header",
    breakIt: (manager) => ({ checkCsrf: (facts, session) => manager.checkCsrf(facts, session) }),
  },
  "counts polling as activity": {
    caughtBy: "polling does not keep the session awake, using it does",
    breakIt: (manager) => ({
      open: (facts, sink, options) => manager.open(facts, sink, { ...options, activity: true }),
    }),
  },
  "hides from the engine which site a request comes from": {
    caughtBy: "a cross-site request that is refused does not keep the session awake",
    breakIt: (manager) =>
      openingWith(manager, (facts) => ({
        ...facts,
        header: (name) => (name === "sec-fetch-site" ? "same-origin" : facts.header(name)),
      })),
  },
  "counts nothing as activity": {
    caughtBy: "polling does not keep the session awake, using it does",
    breakIt: (manager) => ({
      open: (facts, sink, options) => manager.open(facts, sink, { ...options, activity: false }),
    }),
  },
  "goes on with the session from before the login": {
    caughtBy: "a login sets the cookie, and the next request is signed in",
    breakIt: (manager) => ({ open: (facts, sink) => manager.open(facts, sink) }),
  },
  "signs everybody out while the store is away": {
    caughtBy: "a store that is away is 503 and not a sign-out: the cookie is left alone",
    breakIt: (manager) => ({
      open: (facts, sink, options) =>
        manager.open(facts, sink, options).catch(() => manager.open({ ...facts, header: () => null }, sink, options)),
    }),
  },
  "loses the cookie of a handler that fails": {
    caughtBy: "a handler that throws after a login has still logged in: its answer brings the cookie",
    breakIt: (manager) => ({
      open: (facts, sink, options) =>
        manager.open(facts, facts.url.endsWith("/failing") ? overriding(sink, { setCookie() {} }) : sink, options),
    }),
  },
  "leaves the requests of device binding to the application": {
    caughtBy: "a refresh is answered by the library, and not by the application",
    breakIt: () => ({ binding: null }),
  },
  "shows the application who came over a link without the bound cookie": {
    caughtBy:
      "somebody who follows a link from another site without the bound cookie gets a page that loads itself again",
    breakIt: ({ binding }) => ({ binding: binding && { ...binding, reload: () => null } }),
  },
  "loses the headers that the engine sets": {
    caughtBy: "a login over TLS offers to bind the session to its device",
    breakIt: (manager) => answeringWith(manager, (sink) => overriding(sink, { setHeader: () => {} })),
  },
  "loses the cookie of a step-up": {
    caughtBy:
      "who proves who they are again goes on where they were, with a new cookie; a copy of the old one is worth nothing",
    breakIt: (manager) => ({
      open: (facts, sink, options) =>
        manager.open(facts, facts.url.endsWith("/confirm") ? overriding(sink, { setCookie() {} }) : sink, options),
    }),
  },
  "signs out whoever meets an error": {
    caughtBy: "an error of a handler is 500, and signs nobody out",
    breakIt: (manager) => ({
      async open(facts, sink, options) {
        const session = await manager.open(facts, sink, options);
        if (facts.url.endsWith("/failing")) await session.end();
        return session;
      },
    }),
  },
  "opens a session for every visitor": {
    caughtBy: "a visitor without a cookie is anonymous, and gets none for looking",
    breakIt: (manager) => ({
      async open(facts, sink, options) {
        const session = await manager.open(facts, sink, options);
        await session.csrfToken();
        return session;
      },
    }),
  },
};

function openingWith(manager: Manager, change: (facts: RequestFacts) => RequestFacts): { readonly open: Open } {
  return { open: (facts, sink, options) => manager.open(change(facts), sink, options) };
}

function answeringWith(manager: Manager, change: (sink: ResponseSink) => ResponseSink): { readonly open: Open } {
  return { open: (facts, sink, options) => manager.open(facts, change(sink), options) };
}

function overriding(sink: ResponseSink, changes: Partial<ResponseSink>): ResponseSink {
  return {
    get writable() {
      return sink.writable;
    },
    setCookie: (name, line) => sink.setCookie(name, line),
    setHeader: (name, value) => sink.setHeader(name, value),
    setCaching: (rule, options) => sink.setCaching(rule, options),
    ...changes,
  };
}

test.each(Object.entries(broken))("an adapter that %s is caught", async (_mistake, { caughtBy, breakIt }) => {
  const checks = adapterChecks((options) =>
    startOnNode({ ...options, manager: { ...options.manager, ...breakIt(options.manager) } }),
  );
  const check = checks.find(({ name }) => name === caughtBy);
  await expect(check?.run()).rejects.toThrow(AdapterContractError);
});
