import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import express from "express";
import type { Pool } from "pg";
import { createClient } from "redis";
import type { RedisClient } from "../../../src/stores/redis.ts";
import {
  betterAuth,
  betterAuthTable,
  connectPgSimple,
  connectRedis,
  cookieSession,
  expressSession,
  ironSession,
  type UpgradeSource,
} from "../../../src/upgrade/index.ts";
import { listen } from "../../adapters/applications/listen.ts";
import { Jar } from "./jar.ts";
import type { Libraries, WithSession } from "./libraries.ts";

/** An application on one of the earlier libraries, as it is, over real sockets. */
export interface EarlierApplication {
  readonly origin: string;
  /** How its sessions are recognised; `retired` secrets are those it once signed with. */
  source(): UpgradeSource;
  logIn(user: string): Promise<Jar>;
  logOut(jar: Jar): Promise<void>;
  /** Who it says is logged in; `""`: nobody. */
  whoIs(jar: Jar): Promise<string>;
  /** How many sessions it keeps in its store; `null` where it has none. */
  rows: (() => Promise<number>) | null;
  close(): Promise<void>;
}

export const secret = "an earlier secret, long enough for all of them";
type CarriedData = { readonly [name: string]: unknown };
const carry = ({ user, cart }: CarriedData) => (user ? { userId: String(user), data: { cart } } : null);

/** Pages that are the same for every library whose middleware fills `request.session`. */
function pages(session: express.RequestHandler): express.Express {
  const app = express();
  app.use(session);
  app.post("/login/:user", (request, response) => {
    Object.assign((request as unknown as WithSession).session, { user: request.params.user, cart: ["book"] });
    response.end();
  });
  app.get("/", (request, response) => {
    response.send(String((request as unknown as WithSession).session.user ?? ""));
  });
  return app;
}

interface Made extends Pick<EarlierApplication, "source" | "rows"> {
  readonly app: express.Express | Parameters<typeof listen>[0];
  close?(): Promise<void>;
}

async function served({ app, source, rows, close = async () => {} }: Made): Promise<EarlierApplication> {
  const { origin, close: stop } = await listen(app);
  return {
    origin,
    source,
    rows,
    async logIn(user) {
      const jar = new Jar();
      const { status } = await jar.fetch(`${origin}/login/${user}`, { method: "POST" });
      if (status !== 200) throw new Error(`The login was answered with ${status}`);
      return jar;
    },
    async logOut(jar) {
      await jar.copy().fetch(`${origin}/logout`, { method: "POST" });
    },
    whoIs: async (jar) => (await jar.copy().fetch(origin)).text(),
    async close() {
      await stop();
      await close();
    },
  };
}

export async function onConnectRedis(
  libraries: Libraries,
  client: RedisClient,
  url: string,
): Promise<EarlierApplication> {
  const own = await createClient({ url }).connect();
  const store = new libraries.RedisStore({ client: own });
  const app = pages(libraries.session({ secret: [secret], store, resave: false, saveUninitialized: false }));
  app.post("/logout", (request, response) => (request as unknown as WithSession).session.destroy(() => response.end()));
  return served({
    app,
    source: () => expressSession({ secret: ["a newer one", secret], store: connectRedis(client), carry }),
    rows: async () => (await own.keys("sess:*")).length + (await own.keys("sojourn-moving:*")).length,
    close: async () => own.destroy(),
  });
}

export async function onConnectPgSimple(libraries: Libraries, pool: Pool): Promise<EarlierApplication> {
  const Store = libraries.connectPgSimple(libraries.session);
  const store = new Store({ pool, createTableIfMissing: true, tableName: "web_session", pruneSessionInterval: false });
  const cookie = { maxAge: 86_400_000 };
  const app = pages(libraries.session({ secret, store, cookie, resave: false, saveUninitialized: false }));
  app.post("/logout", (request, response) => (request as unknown as WithSession).session.destroy(() => response.end()));
  return served({
    app,
    source: () => expressSession({ secret, store: connectPgSimple(pool, { tableName: "web_session" }), carry }),
    rows: async () => Number((await pool.query("SELECT count(*) AS n FROM web_session")).rows[0].n),
    close: () => store.close(),
  });
}

export async function onCookieSession(libraries: Libraries): Promise<EarlierApplication> {
  const app = pages(libraries.cookieSession({ name: "session", keys: [secret] }));
  app.post("/logout", (request, response) => {
    Object.assign(request, { session: null });
    response.end();
  });
  return served({
    app,
    source: () => cookieSession({ name: "session", keys: ["a newer one", secret], carry }),
    rows: null,
  });
}

export async function onIronSession(libraries: Libraries, { chunk = false } = {}): Promise<EarlierApplication> {
  const options = { cookieName: "sealed", password: secret, chunk, cookieOptions: { secure: false } };
  const app = pages(async (request, response, next) => {
    const sealed = await libraries.getIronSession(request, response, options);
    Object.assign(request, { session: sealed });
    next();
  });
  // Long enough for several cookies, and not to be squeezed.
  const padding = chunk ? readFileSync(new URL(import.meta.url), "utf8").slice(0, 4_000) : "";
  const own = express();
  own.post("/login/:user", async (request, response) => {
    const sealed = await libraries.getIronSession(request, response, options);
    Object.assign(sealed, { user: request.params.user, cart: ["book"], padding });
    await sealed.save();
    response.end();
  });
  own.post("/logout", (_request, response) => void response.end());
  own.use(app);
  const unseal = (seal: string) => libraries.unsealData(seal, { password: secret });
  return served({ app: own, source: () => ironSession({ name: "sealed", unseal, carry }), rows: null });
}

export async function onBetterAuth(libraries: Libraries, pool: Pool): Promise<EarlierApplication> {
  const later: { answer: Parameters<typeof listen>[0] } = { answer: () => {} };
  const application = await served({
    app: (request: IncomingMessage, response: ServerResponse) => later.answer(request, response),
    source: () =>
      betterAuth({ secret, store: betterAuthTable(pool), carry: ({ userId }) => ({ userId: String(userId) }) }),
    rows: async () => Number((await pool.query('SELECT count(*) AS n FROM "session"')).rows[0].n),
  });
  const { origin } = application;
  const auth = libraries.betterAuth({
    database: pool,
    secret,
    baseURL: origin,
    emailAndPassword: { enabled: true },
    session: { cookieCache: { enabled: true } },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
  });
  await (await libraries.getMigrations(auth.options)).runMigrations();
  later.answer = libraries.toNodeHandler(auth);
  const post = (jar: Jar, path: string, body: object) =>
    jar.fetch(`${origin}/api/auth${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Origin: origin },
      body: JSON.stringify(body),
    });
  return {
    ...application,
    async logIn(user) {
      const jar = new Jar();
      const email = `${user}-${Math.random().toString(36).slice(2)}@example.test`;
      const response = await post(jar, "/sign-up/email", { name: user, email, password: "correct horse battery" });
      if (!response.ok) throw new Error(`better-auth answers ${response.status}: ${await response.text()}`);
      return jar;
    },
    async logOut(jar) {
      await post(jar.copy(), "/sign-out", {});
    },
    async whoIs(jar) {
      const answer = await jar.copy().fetch(`${origin}/api/auth/get-session?disableCookieCache=true`);
      const session = (await answer.json()) as { readonly user: { readonly id: string } } | null;
      return session?.user.id ?? "";
    },
  };
}
