import flash from "connect-flash";
import express from "express";
import passport from "passport";
import { Strategy } from "passport-local";

// The name of this import is all that changes, here and where its types are declared.

import session from "sojourn/express-session";

declare module "sojourn/express-session" {
  interface SessionData {
    basket: string[];
    views: number;
  }
}
declare global {
  namespace Express {
    interface User {
      id: string;
      name: string;
    }
  }
}

const users = [{ id: "1", name: "alice", password: "correct horse" }];

/** A bookshop, as such applications are written: Passport, flash messages, a basket, and what a session can do. */
export function createApp(options: session.SessionOptions): express.Express {
  const login = new passport.Passport();
  login.use(
    new Strategy((name, password, done) => {
      const user = users.find((each) => each.name === name && each.password === password);
      return user ? done(null, user) : done(null, false, { message: "Wrong name or password" });
    }),
  );
  login.serializeUser((user, done) => done(null, user.id));
  login.deserializeUser((id, done) => done(null, users.find((user) => user.id === id) ?? false));

  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.use(session(options));
  app.use(login.session());
  app.use(flash());

  app.get("/", (req, res) => {
    req.session.views = (req.session.views ?? 0) + 1;
    res.json({ user: req.user?.name ?? null, views: req.session.views, basket: req.session.basket ?? [] });
  });
  app.get("/messages", (req, res) => void res.json(req.flash("error").concat(req.flash("info"))));
  app.get("/public", (_req, res) => void res.send("Open from nine to five"));
  app.get("/whoami", (req, res) => void res.json({ user: req.user?.name ?? null, id: req.sessionID }));

  app.post("/login", login.authenticate("local", { failureRedirect: "/", failureFlash: true }), (req, res) => {
    if (req.body.remember) req.session.cookie.maxAge = 14 * 86_400_000;
    req.flash("info", "Welcome, %s", req.user?.name ?? "");
    res.redirect("/");
  });
  app.post("/login/kept", login.authenticate("local", { keepSessionInfo: true }), (_req, res) => res.redirect("/"));
  app.post("/logout", (req, res, next) => {
    req.logout((error) => (error ? next(error) : res.redirect("/")));
  });
  app.post("/forget", (req, res, next) => {
    req.session.destroy((error) => (error ? next(error) : res.json({ session: req.session ?? null })));
  });

  app.post("/basket", (req, res) => {
    const basket = req.session.basket ?? [];
    req.session.basket = basket;
    basket.push(String(req.body.book));
    res.status(204).end();
  });
  app.post("/empty", (req, res, next) => {
    delete req.session.basket;
    req.session.save((error) => {
      if (error) return next(error);
      req.session.basket = ["not saved"];
      req.session.reload((problem) => (problem ? next(problem) : res.json(req.session.basket ?? null)));
    });
  });
  app.get("/page", (req, res) => {
    res.setHeader("Content-Type", "text/html");
    req.session.views = (req.session.views ?? 0) + 1;
    res.write(`<p>views: ${req.session.views}</p>`);
    res.end(`<p>expires in: ${Math.round((req.session.cookie.maxAge ?? 0) / 1000)}s</p>`);
  });
  return app;
}
