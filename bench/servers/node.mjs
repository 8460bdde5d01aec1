import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { fromNodeHeaders } from "better-auth/node";
import { getIronSession } from "iron-session";
import { withSession } from "sojourn/node";
import { data, expected, idleSeconds, page, secret, user } from "./scene.mjs";
import { createManager, logIn } from "./sojourn.mjs";

export const contestants = {
  bare: () => createServer((_request, response) => response.end(expected)),
  sojourn: () =>
    createServer(
      withSession(createManager(), async (request, response, { session }) => {
        if (request.method === "POST") {
          await logIn(session);
          response.end("in");
        } else response.end(page(session.userId, session.data.theme));
      }),
    ),
  "iron-session": () => {
    const options = { password: secret, cookieName: "id", ttl: idleSeconds, cookieOptions: { secure: false } };
    return createServer(async (request, response) => {
      const session = await getIronSession(request, response, options);
      if (request.method === "POST") {
        Object.assign(session, { userId: user.id, ...data });
        await session.save();
        response.end("in");
      } else response.end(page(session.userId, session.theme));
    });
  },
  "better-auth": () => betterAuthServer({}),
  "better-auth, cookie cache": () =>
    betterAuthServer({ session: { cookieCache: { enabled: true, maxAge: idleSeconds } } }),
};

/**
 * Sessions in its secondary storage, which its documentation advises for production, here a map; `name` and `theme` are
 * the user's fields, because it keeps no other data with a session.
 */
async function betterAuthServer(options) {
  const rows = new Map();
  const auth = betterAuth({
    baseURL: "http://127.0.0.1",
    secret,
    database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
    secondaryStorage: {
      get: async (key) => rows.get(key) ?? null,
      set: async (key, value) => void rows.set(key, value),
      delete: async (key) => void rows.delete(key),
    },
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    user: { additionalFields: { theme: { type: "string" } } },
    ...options,
  });
  const password = "correct horse battery";
  await auth.api.signUpEmail({ body: { email: user.email, password, name: user.id, theme: data.theme } });
  return createServer(async (request, response) => {
    if (request.method === "POST") {
      const answer = await auth.api.signInEmail({ body: { email: user.email, password }, asResponse: true });
      response.setHeader("Set-Cookie", answer.headers.getSetCookie());
      response.end("in");
      return;
    }
    const found = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
    response.end(page(found.user.name, found.user.theme));
  });
}
