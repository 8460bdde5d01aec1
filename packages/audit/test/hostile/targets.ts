import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const logInForm =
  '<form method="post" action="/login"><input name="email"><input name="password" type="password"></form>';

/** Targets that nobody can audit; none of them may hold the auditor up, fill its memory or get a good report. */
export const hostileTargets: Readonly<Record<string, Handler>> = {
  "a body without an end": (_request, response) => {
    const chunk = "x".repeat(64_000);
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", more);
    more();
  },
  "redirects in a circle": (request, response) => {
    response.writeHead(302, { Location: request.url === "/a" ? "/b" : "/a" }).end();
  },
  "ten thousand cookies": (_request, response) => {
    const lines = Array.from({ length: 10_000 }, (_, at) => `c${at}=${randomBytes(4).toString("hex")}`);
    response.writeHead(200, { "Set-Cookie": lines }).end(logInForm);
  },
  "a hundred cookies with each answer": (_request, response) => {
    const lines = Array.from(
      { length: 100 },
      () => `${randomBytes(4).toString("hex")}=${randomBytes(8).toString("hex")}`,
    );
    response.writeHead(200, { "Set-Cookie": lines }).end(logInForm);
  },
  "200 for everything": (_request, response) => void response.writeHead(200).end(logInForm),
  "another page each time": (_request, response) =>
    void response.writeHead(200).end(logInForm + randomBytes(500).toString("hex")),
  "a login form that always has other fields": (_request, response) => {
    const name = () => randomBytes(4).toString("hex");
    response
      .writeHead(200)
      .end(`<form method="post"><input name="${name()}"><input name="${name()}" type="password"></form>`);
  },
  "a byte now and then": (_request, response) => {
    response.writeHead(200, { "Content-Length": 1_000_000 });
    const timer = setInterval(() => response.write("x"), 50);
    response.on("close", () => clearInterval(timer));
  },
  "no answer at all": () => {},
  "connections that break": (request) => void request.socket.destroy(),
  "something that is no HTTP": (request) => void request.socket.end("hello\r\n\r\n"),
  "a hundred thousand nested tags": (_request, response) =>
    void response.writeHead(200).end(`<p><b><div>`.repeat(45_000)),
  "429 for everything": (_request, response) => void response.writeHead(429, { "Retry-After": "3600" }).end(),
};
