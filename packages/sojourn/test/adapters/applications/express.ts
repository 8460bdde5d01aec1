import { text } from "node:stream/consumers";
import type express from "express";
import type { ErrorRequestHandler, Express, Request, RequestHandler } from "express";
import { type ExpressSessions, expressSessions } from "../../../src/adapters/express.ts";
import type { AdapterApplicationOptions, AdapterApplicationData as Data } from "../../../src/testing/index.ts";
import { aboutMe, addOne, codeMetBy, logIn, stepUp } from "./answers.ts";

/** The application of the adapter suite on Express, 4 or 5. */
export function expressApplication(
  create: typeof express,
  { manager, isBehindProxy }: AdapterApplicationOptions,
): Express {
  const app = create();
  const sessions = expressSessions(manager, { isPolling: (request) => request.path === "/poll" });
  app.set("trust proxy", isBehindProxy ? "loopback" : false);
  app.use(sessions.middleware);
  addReading(app, sessions);
  addWriting(app, sessions);
  addLogins(app, sessions);
  app.use(answerError);
  return app;
}

function addReading(app: Express, sessions: ExpressSessions<Data>): void {
  const me: RequestHandler = (request, response) => void response.json(aboutMe(sessions.of(request)));
  app.get("/me", me);
  app.get("/poll", me);
  app.get("/public", (_request, response) => {
    response.set({ "Cache-Control": "public, max-age=60", Vary: "Accept-Encoding" }).send("hello");
  });
  app.get("/csrf-token", (request, response, next) => {
    const session = sessions.of(request);
    session.csrfToken().then((token) => response.send(token), next);
  });
  app.get("/failing", () => {
    throw new Error("The handler failed");
  });
  const isFresh = sessions.requireFresh({ within: "5m", at: "/confirm" });
  app.all(/\/sensitive$/, isFresh, (_request, response) => void response.send("done"));
}

function addWriting(app: Express, sessions: ExpressSessions<Data>): void {
  app.post("/count", (request, response, next) => {
    addOne(sessions.of(request)).then(() => response.sendStatus(204), next);
  });
  app.post("/slow", (request, response, next) => {
    const answered = text(request).then(() => addOne(sessions.of(request)));
    answered.then(() => response.sendStatus(204), next);
  });
  app.post("/echo", (request, response) => void request.pipe(response));
  app.post("/confirm", (request, response, next) => {
    stepUp(sessions.of(request)).then(() => response.sendStatus(204), next);
  });
  app.post("/logout", (request, response, next) => {
    const session = sessions.of(request);
    session.end().then(() => response.sendStatus(204), next);
  });
}

function addLogins(app: Express, sessions: ExpressSessions<Data>): void {
  const logInAs = async (request: Request) => logIn(sessions.of(request), await text(request));
  app.post("/login", (request, response, next) => {
    const answer = () => response.sendStatus(sessions.of(request).kind === "authenticated" ? 204 : 500);
    logInAs(request).then(answer, next);
  });
  app.post("/login/redirect", (request, response, next) => {
    logInAs(request).then(() => response.redirect(303, "/me"), next);
  });
  app.post("/login/dressed", (request, response, next) => {
    response.set({ "Cache-Control": "public", Vary: "Accept-Encoding" }).cookie("theme", "dark");
    logInAs(request).then(() => response.set("Cache-Control", "public, max-age=60").sendStatus(204), next);
  });
  app.post("/login/failing", (request, _response, next) => {
    logInAs(request).then(() => next(new Error("The handler failed")), next);
  });
  app.post("/login/late", (request, response) => {
    response.flushHeaders();
    text(request).then(async (user) => response.end(await codeMetBy(() => logIn(sessions.of(request), user))));
  });
}

const answerError: ErrorRequestHandler = (error: { status?: number; code?: string }, _request, response, _next) => {
  response.status(error.status ?? 500).json({ error: error.code ?? "internal" });
};
