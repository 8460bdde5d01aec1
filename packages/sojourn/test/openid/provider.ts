import type { RequestListener } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { listen } from "../adapters/applications/listen.ts";

/** An application as the provider knows it. */
export interface Client {
  readonly id: string;
  readonly secret: string;
  /** Its own address. */
  readonly origin: string;
  /** Whether its logout tokens name the session, or the user alone. */
  readonly bySession: boolean;
}

/** What the suite uses of `oidc-provider`, which is installed apart. */
interface ProviderClass {
  new (
    issuer: string,
    configuration: object,
  ): {
    callback(): RequestListener;
    on(event: string, listener: (context: unknown, ...facts: unknown[]) => void): void;
  };
}

export interface OpenIdProvider {
  readonly issuer: string;
  /** What became of each logout it sent: `bank: 200`, or what it was answered instead. */
  readonly sent: readonly string[];
  close(): Promise<void>;
}

/** A real OpenID provider on a port of this machine, with pages to log in and to log out. */
export async function startProvider(clients: readonly Client[]): Promise<OpenIdProvider> {
  const { Provider } = await installed();
  const later: { answer: RequestListener } = { answer: (_request, response) => response.writeHead(503).end() };
  const server = await listen((request, response) => later.answer(request, response));
  const provider = new Provider(server.origin, {
    clients: clients.map(registered),
    cookies: { keys: ["a key for this test alone"] },
    features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
    pkce: { required: () => false },
    // Its own way refuses to call this machine, as it should anywhere else.
    fetch: (url: string, { dispatcher: _guard, ...options }: RequestInit & { readonly dispatcher?: unknown }) =>
      fetch(url, options),
  });
  const sent: string[] = [];
  provider.on("backchannel.success", (_, client) => sent.push(`${nameOf(client)}: 200`));
  provider.on("backchannel.error", (_, error, client) => sent.push(`${nameOf(client)}: ${(error as Error).message}`));
  later.answer = provider.callback();
  return { issuer: server.origin, sent, close: () => server.close() };
}

function registered({ id, secret, origin, bySession }: Client) {
  return {
    client_id: id,
    client_secret: secret,
    redirect_uris: [`${origin}/callback`],
    post_logout_redirect_uris: [`${origin}/bye`],
    backchannel_logout_uri: `${origin}/backchannel`,
    backchannel_logout_session_required: bySession,
  };
}

async function installed(): Promise<{ readonly Provider: ProviderClass }> {
  const folder = process.env.SOJOURN_OIDC_PROVIDER;
  if (!folder) throw new Error("Run it as npm test -- openid, which installs the provider and says where it is");
  return (await import(pathToFileURL(join(folder, "lib", "index.js")).href)) as { readonly Provider: ProviderClass };
}

function nameOf(client: unknown): string {
  return (client as { readonly clientId: string }).clientId;
}
