import { type Request, Router } from "express";
import { localPath } from "sojourn";
import type { Key } from "../attempts.ts";
import { isEmail } from "../email.ts";
import { rawField, textField } from "../http/fields.ts";
import { logIn } from "../http/log-in.ts";
import { whyLoggedOut } from "../http/members.ts";
import { sendPage } from "../http/pages.ts";
import { tooManyAttempts } from "../http/too-many.ts";
import { hashPassword, isPassword, passwordProblem } from "../passwords.ts";
import type { Services } from "../services.ts";
import { logInPage } from "../views/log-in.ts";
import { signUpPage } from "../views/visitors.ts";

/** Signing up and logging in. */
export function entranceRoutes(services: Services): Router {
  const { sessions, customers, attempts } = services;
  const router = Router();

  router.get("/login", async (request, response) => {
    const because = whyLoggedOut(sessions.of(request));
    const page = logInPage({ because, email: "", returnTo: localPath(request.query.return_to), problems: {} });
    await sendPage(services, { request, response }, page);
  });

  router.post("/login", async (request, response) => {
    const email = textField(request, "email");
    const returnTo = localPath(textField(request, "return_to"));
    const keys: readonly Key[] = [addressOf(request), { kind: "account", name: email }];
    const wait = attempts.begin(keys);
    if (wait !== null) throw tooManyAttempts(response, wait);
    const customer = customers.byEmail(email);
    const isRight = await isPassword(rawField(request, "password"), customer?.passwordHash ?? null);
    if (!isRight || !customer) {
      const problems = { email: "This address and password do not belong together." };
      const page = logInPage({ because: "none", email, returnTo, problems });
      return sendPage(services, { request, response }, page, { status: 422, at: "/login" });
    }
    attempts.succeeded(keys);
    await logIn(services, { request, response }, { customer, returnTo });
  });

  router.get("/signup", async (request, response) => {
    await sendPage(services, { request, response }, signUpPage({ name: "", email: "", problems: {} }));
  });

  router.post("/signup", async (request, response) => {
    const name = textField(request, "name");
    const email = textField(request, "email");
    const password = rawField(request, "password");
    const wait = attempts.begin([addressOf(request)]);
    if (wait !== null) throw tooManyAttempts(response, wait);
    const problems = signUpProblems({ name, email, password });
    const isSound = Object.keys(problems).length === 0;
    const customer = isSound ? customers.create({ name, email, passwordHash: await hashPassword(password) }) : null;
    if (!customer) {
      const taken = { email: "There is already an account with this address." };
      const page = signUpPage({ name, email, problems: isSound ? taken : problems });
      return sendPage(services, { request, response }, page, { status: 422, at: "/signup" });
    }
    await logIn(services, { request, response }, { customer, returnTo: null });
  });

  return router;
}

function addressOf(request: Request): Key {
  return { kind: "address", name: request.ip ?? "unknown" };
}

function signUpProblems({ name, email, password }: { name: string; email: string; password: string }) {
  const problem = passwordProblem(password, email);
  return {
    ...((name === "" || name.length > 80) && { name: "Write your name, in at most 80 characters." }),
    ...(!isEmail(email) && { email: "Write an e-mail address, like ada@example.org." }),
    ...(problem && { password: problem }),
  };
}
