import { createRemoteJWKSet, jwtVerify } from "jose";
import { withSession } from "../../src/adapters/fetch.ts";
import type { SessionStore } from "../../src/core/store.ts";
import { createSessionManager } from "../../src/manager.ts";
import { type BackChannelAnswer, backChannelLogout, providerLogoutUrl, providerRef } from "../../src/oidc/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { serve } from "../adapters/applications/fetch-server.ts";
import type { Client } from "./provider.ts";

interface Login {
  idToken: string;
}

export interface RelyingParty {
  readonly client: Client;
  /** What its receiver answered, in order. */
  readonly answers: readonly BackChannelAnswer[];
  /** The logout tokens that came, for somebody who recorded them. */
  readonly tokens: readonly string[];
  /** From now on it knows its provider. */
  follow(issuer: string): void;
  close(): Promise<void>;
}

/** An application that leaves its logins to an OpenID provider, as Sojourn's documentation shows it. */
export async function startRelyingParty(
  name: string,
  { bySession, store = memoryStore() }: { readonly bySession: boolean; readonly store?: SessionStore },
): Promise<RelyingParty> {
  const manager = createSessionManager<Login>({ store });
  const answers: BackChannelAnswer[] = [];
  const tokens: string[] = [];
  let routes: { readonly [path: string]: (request: Request) => Promise<Response> } = {};
  const server = await serve(async (request) => {
    const route = routes[new URL(request.url).pathname];
    return route ? route(request) : new Response(null, { status: 404 });
  });
  const client: Client = { id: name, secret: `the secret of ${name}`, origin: server.origin, bySession };
  const redirect = (url: string | URL) => new Response(null, { status: 303, headers: { Location: String(url) } });

  function follow(issuer: string): void {
    const logout = backChannelLogout(manager, {
      issuer,
      clientId: client.id,
      keys: `${issuer}/jwks`,
      store,
      userIdOf: ({ sub }) => sub,
    });
    const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
    const login = { client_id: client.id, redirect_uri: `${client.origin}/callback` };
    routes = {
      "/login": async () =>
        redirect(`${issuer}/auth?${new URLSearchParams({ ...login, response_type: "code", scope: "openid" })}`),

      "/callback": withSession(manager, async (request, { session }) => {
        const code = new URL(request.url).searchParams.get("code") ?? "";
        const answer = await fetch(`${issuer}/token`, {
          method: "POST",
          headers: { authorization: `Basic ${btoa(`${client.id}:${encodeURIComponent(client.secret)}`)}` },
          body: new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri: login.redirect_uri }),
        });
        const { id_token: idToken } = (await answer.json()) as { readonly id_token: string };
        const { payload } = await jwtVerify<{ sid?: string }>(idToken, keys, { issuer, audience: client.id });
        const ref = providerRef({ issuer, sid: payload.sid });
        const mine = await session.authenticate({ id: payload.sub ?? "", keep: "none", ref });
        await mine.update((draft) => {
          draft.idToken = idToken;
        });
        return redirect("/");
      }),

      "/": withSession(manager, (_request, { session }) => {
        return new Response(session.kind === "authenticated" ? session.userId : `nobody, ${session.kind}`);
      }),

      "/logout": withSession(manager, async (_request, { session }) => {
        const idTokenHint = session.kind === "authenticated" ? session.data.idToken : undefined;
        await session.end();
        const endpoint = `${issuer}/session/end`;
        const returnTo = `${client.origin}/bye`;
        return redirect(
          providerLogoutUrl({
            endpoint,
            clientId: client.id,
            returnTo,
            ...(idTokenHint !== undefined && { idTokenHint }),
          }),
        );
      }),

      "/bye": async () => new Response("bye"),

      "/backchannel": async (request) => {
        const token = new URLSearchParams(await request.text()).get("logout_token");
        tokens.push(token ?? "");
        const answer = await logout.receive(token);
        answers.push(answer);
        return new Response(answer.body, { status: answer.status, headers: answer.headers });
      },
    };
  }

  return { client, answers, tokens, follow, close: () => server.close() };
}
