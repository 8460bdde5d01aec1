import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { totp } from "../../src/login/totp.ts";
import { cookieOf, fieldsOf, page, send, tokenField } from "./answers.ts";
import { Bindings } from "./binding.ts";
import type { Flaws } from "./flaws.ts";
import { SessionCookie } from "./notes-cookie.ts";
import { createExtras } from "./notes-extras.ts";
import { accountPage } from "./notes-pages.ts";
import { tokenPath } from "./scripts.ts";
import { declared, type Session, Sessions } from "./sessions.ts";
import { keysPath, publishedKeys } from "./signed-token.ts";

/** What alice's and bob's authenticator apps share with the application, where it asks for their codes. */
export const seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/**
 * A small application that does everything right, and a switch for each thing that can be done wrong: the two twins of
 * a check are this with and without one switch.
 */
export function createNotes(flaws: Flaws): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const sessions = new Sessions(flaws);
  const cookie = new SessionCookie(flaws, sessions);
  const give = cookie.give.bind(cookie);
  const extras = createExtras(flaws, { sessions, give });
  const bindings = new Bindings(flaws, sessions);
  const passwords = new Map([
    ["alice@example.test", "correct horse"],
    ["bob@example.test", "battery staple"],
  ]);
  const cities = new Map<string, string>();
  const emails = new Map<string, string>();
  const remembered = new Map<string, string>();
  const cache = new Map<string, string>();
  let current: string | null = null;

  return async (request, response) => {
    const url = new URL(request.url ?? "/", "https://notes.localhost");
    const route = `${request.method} ${url.pathname}`;
    const isForgotten = url.pathname === "/me" ? flaws.has("X-CACHE-01") : flaws.has("X-END-06");
    if (!isForgotten) response.setHeader("Cache-Control", "no-store");
    if (!flaws.has("X-TLS-02")) response.setHeader("Strict-Transport-Security", "max-age=63072000; includeSubDomains");
    const token = cookie.tokenOf(request, url);
    // Before the body is there: what a session middleware does.
    let session = sessions.find(token);
    if (!session?.user) session = useRemembered(request, response) ?? session;
    if (url.pathname === "/bind/refresh") return bindings.refresh(request, response);
    if (session?.user && url.pathname === "/bind") return bindings.register(request, response, session);
    if (session && !bindings.allows(request, session)) session = null;
    const isMember = session?.user != null;
    const fields = await fieldsOf(request);

    if (route === "POST /clock") {
      sessions.ahead += Number(fields.get("milliseconds"));
      return send(response, 204);
    }
    if (url.pathname === keysPath && flaws.has("published key")) return send(response, 200, publishedKeys);
    if (extras.toNobody(route, response, fields)) return;
    if (url.pathname === "/login") return logIn(request, response, { fields, session, token });
    if (url.pathname.startsWith("/me/"))
      return flaws.has("X-CACHE-02") ? cached(url, session, response) : send(response, 404);
    if (!session || !isMember) return send(response, 401, page("<p>Please log in.</p>"));
    if (await extras.toMember(route, response, session)) return;
    if (route === "GET /me") return me(request, response, session);
    if (route === `GET ${tokenPath}`) return send(response, 200, session.token);
    if (route === "GET /account" && flaws.has("X-CONC-03 in tabs")) await endIfBusy(session);
    if (route === "GET /account") return send(response, 200, accountPage(flaws, session));
    if (route === "GET /sessions") {
      const list = sessions
        .of(user(session))
        .map((each) => `<li>${flaws.has("X-CRED-07") ? each.token : each.createdAt}</li>`);
      return send(response, 200, page(`<ul>${list.join("")}</ul>`));
    }
    if (route === "GET /city" && flaws.has("X-CSRF-05")) cities.set(user(session), url.searchParams.get("city") ?? "");
    if (route === "GET /logout" && flaws.has("X-END-13")) sessions.end(session);
    if (request.method !== "POST") {
      if (flaws.has("X-COOK-08"))
        response.appendHeader("Set-Cookie", `${cookie.name}=${session.token}; Path=/; Secure`);
      return send(response, 404);
    }
    return change(request, response, { path: url.pathname, fields, session });
  };

  /** Pages that one browser opens at the same time end its session. */
  async function endIfBusy(session: Session): Promise<void> {
    session.opening++;
    if (session.opening > 2) sessions.end(session);
    // Long enough for the slowest browser to open the next ones.
    await delay(600);
    session.opening--;
  }

  function user(session: Session): string {
    return session.user ?? "";
  }

  async function change(
    request: IncomingMessage,
    response: ServerResponse,
    { path, fields, session }: { path: string; fields: URLSearchParams; session: Session },
  ): Promise<void> {
    const type = request.headers["content-type"] ?? "";
    if (path === "/city.json") {
      if (type !== "application/json" && !flaws.has("X-CSRF-04")) return send(response, 415);
    } else if (!sessions.accepts(fields.get("csrf"), session)) {
      if (!flaws.has("X-CSRF-07") || request.headers.origin !== "null") return send(response, 403);
    }
    // The session may have ended while the body came.
    if (!sessions.has(session)) {
      if (flaws.has("X-END-03")) sessions.upsert(session);
      else if (flaws.has("X-END-04")) give(response, sessions.create(user(session)));
      else return send(response, 401);
    }
    switch (path) {
      case "/city":
      case "/city.json":
        cities.set(user(session), fields.get("city") ?? "");
        extras.tell(user(session));
        return send(response, 303, "", { Location: "/account" });
      case "/email":
        if (sessions.now() - session.provedAt > declared.fresh && !flaws.has("X-STEP-01")) return send(response, 403);
        emails.set(user(session), fields.get("email") ?? "");
        return send(response, 303, "", { Location: "/account" });
      case "/password":
        passwords.set(user(session), fields.get("next") ?? "");
        if (!flaws.has("X-END-08")) endOthers(session);
        if (!flaws.has("X-FIX-06")) give(response, sessions.renew(session));
        return send(response, 200, page("<p>Your password is changed.</p>"));
      case "/sessions/end-others":
        endOthers(session, flaws.has("X-END-10") ? 1 : 0);
        return send(response, 303, "", { Location: "/sessions" });
      case "/leave":
      case "/logout":
        if (!flaws.has("X-END-01")) sessions.end(session);
        if (!flaws.has("X-END-05")) remembered.delete(cookieOf(request, "__Host-remember") ?? "");
        if (!flaws.has("X-END-02")) cookie.remove(response);
        response.appendHeader("Set-Cookie", "__Host-remember=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax");
        return send(response, 303, "", { Location: "/login" });
      default:
        return send(response, 404);
    }
  }

  function endOthers(session: Session, missed = 0): void {
    const others = sessions.of(user(session)).filter((each) => each !== session);
    for (const each of others.slice(0, others.length - missed)) sessions.end(each);
  }

  function logIn(
    request: IncomingMessage,
    response: ServerResponse,
    { fields, session, token }: { fields: URLSearchParams; session: Session | null; token: string },
  ): void {
    const { origin, host } = request.headers;
    const isElsewhere = origin !== undefined && new URL(origin).host !== host && !flaws.has("X-CSRF-06");
    if (request.method === "POST" && isElsewhere) send(response, 403);
    else if (request.method === "POST") enter(response, { fields, session, token });
    else offerLogIn(response, { session, token });
  }

  function offerLogIn(response: ServerResponse, { session, token }: { session: Session | null; token: string }): void {
    const isLeftAlone = token !== "" && (flaws.has("X-FIX-03") || flaws.has("X-END-02"));
    const visitor = session ?? (isLeftAlone ? null : sessions.create(null));
    if (!session && visitor) give(response, visitor);
    const code = flaws.has("second factor") ? '<input name="code">' : "";
    const inputs = `<input name="email"><input name="password" type="password">${code}${tokenField(visitor?.csrf ?? "")}`;
    send(response, 200, page(`<form method="post">${inputs}<button>Log in</button></form>`));
  }

  function enter(
    response: ServerResponse,
    { fields, session, token }: { fields: URLSearchParams; session: Session | null; token: string },
  ): void {
    const email = fields.get("email") ?? "";
    const hasFactor = !flaws.has("second factor") || fields.get("code") === totp(seed, Date.now());
    if (passwords.get(email) !== fields.get("password") || !hasFactor || sessions.disabled.has(email)) {
      send(response, 422, page("<p>No.</p>"));
      return;
    }
    let entered: Session;
    if (flaws.has("X-FIX-01") && session) {
      sessions.give(session, email);
      entered = session;
    } else if (flaws.has("X-FIX-03") && !session && token !== "") entered = sessions.create(email, token);
    else {
      entered = sessions.create(email, undefined, session && flaws.has("X-FIX-04") ? { csrf: session.csrf } : {});
      if (session && flaws.has("X-FIX-02")) sessions.give(session, email);
      else if (session) sessions.end(session);
    }
    give(response, entered);
    bindings.offer(response);
    if (flaws.has("X-COOK-07")) response.appendHeader("Set-Cookie", "__Host-theme=dark; Path=/; Domain=localhost");
    if (flaws.has("X-COOK-09")) response.setHeader("Cache-Control", "public, max-age=60");
    if (flaws.has("remember me")) {
      const remember = `remember-${entered.token}`;
      remembered.set(remember, email);
      response.appendHeader("Set-Cookie", `__Host-remember=${remember}; Path=/; Secure; HttpOnly; SameSite=Lax`);
    }
    send(response, 303, "", { Location: flaws.has("X-CRED-02") ? `/account?session=${entered.token}` : "/account" });
  }

  function useRemembered(request: IncomingMessage, response: ServerResponse): Session | null {
    const email = remembered.get(cookieOf(request, "__Host-remember") ?? "");
    if (!email) return null;
    const session = sessions.create(email);
    give(response, session);
    return session;
  }

  async function me(request: IncomingMessage, response: ServerResponse, session: Session): Promise<void> {
    session.running++;
    if (flaws.has("X-CONC-03") && session.running > 5) sessions.end(session);
    current = session.user;
    await delay(1);
    session.running--;
    const email = flaws.has("X-CONC-01") ? current : session.user;
    if (flaws.has("X-CSRF-08") && request.headers.origin) {
      response.setHeader("Access-Control-Allow-Origin", request.headers.origin);
      response.setHeader("Access-Control-Allow-Credentials", "true");
    }
    const city = cities.get(user(session)) ?? "";
    const answer = {
      email,
      city,
      contact: emails.get(user(session)) ?? "",
      count: session.count,
      ...(flaws.has("X-CRED-03") && { token: session.token }),
    };
    send(response, 200, JSON.stringify(answer), { "Content-Type": "application/json" });
  }

  /** A cache that takes the ending of a path for what it is. */
  function cached(url: URL, session: Session | null, response: ServerResponse): void {
    const own = session?.user ? JSON.stringify({ email: session.user }) : null;
    const body = cache.get(url.href) ?? own;
    if (body !== null) cache.set(url.href, body);
    send(response, body === null ? 401 : 200, body ?? "", { "Content-Type": "application/json" });
  }
}
