import { once } from "node:events";
import { readFileSync } from "node:fs";
import {
  createServer as createHttp,
  type IncomingMessage,
  type RequestListener,
  type Server,
  ServerResponse,
} from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Socket } from "node:net";

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

const file = (name: string) => new URL(name, import.meta.url);
/** The certificate of the test servers, which also is its own authority. */
export const certificate = file("certificate.pem");
/** The authority of the certificate that `isIssued` servers show; they do not send it along, as is usual. */
export const authority = file("authority.pem");
export const issuedKey = file("issued-key.pem");

export interface Served {
  readonly url: string;
  /** The http port beside it. */
  readonly plainUrl: string;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** What answers over http. Default: a redirect to https. */
  readonly plain?: Handler;
  /** Whether its certificate is of an authority. Default: no, it is its own. */
  readonly isIssued?: boolean;
}

/** Serves an application over https, and something over http, on free ports of this machine. */
export async function serve(handler: Handler, { plain, isIssued = false }: ServeOptions = {}): Promise<Served> {
  const secure = createHttps(
    isIssued
      ? { key: readFileSync(issuedKey), cert: readFileSync(file("issued.pem")) }
      : { key: readFileSync(file("key.pem")), cert: readFileSync(certificate) },
    surviving(handler),
  );
  const url = `https://notes.localhost:${await listen(secure)}`;
  const redirect: Handler = (request, response) =>
    void response.writeHead(308, { Location: `${url}${request.url}` }).end();
  const open = createHttp(surviving(plain ?? redirect));
  const plainUrl = `http://notes.localhost:${await listen(open)}`;
  return { url, plainUrl, close: async () => void (await Promise.all([secure, open].map(close))) };
}

/** Serves something over plain http. */
export async function servePlain(handler: Handler): Promise<Served> {
  const server = createHttp(surviving(handler));
  const url = `http://notes.localhost:${await listen(server)}`;
  return { url, plainUrl: url, close: () => close(server) };
}

/** A request that breaks off breaks nothing else. */
function surviving(handler: Handler): RequestListener {
  return (request, response) => {
    Promise.resolve(handler(request, response)).catch(() => response.destroy());
  };
}

async function listen(server: Server): Promise<number> {
  // Whoever asks for another protocol is answered by the same handler, which may take the connection over.
  server.on("upgrade", (request, socket) => {
    const response = new ServerResponse(request);
    response.assignSocket(socket as Socket);
    server.emit("request", request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}
