import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { fileURLToPath } from "node:url";
import { checkAuditFile } from "../../src/file/load.ts";
import { type AuditFile, defineAudit, form, get, post, type Report } from "../../src/index.ts";
import { auditReady } from "../../src/run/audit.ts";
import type { AuditReadyOptions } from "../../src/run/options.ts";
import { sharedBrowser } from "./browser.ts";
import type { Flaws } from "./flaws.ts";
import { createNotes } from "./notes.ts";
import { certificate, serve, servePlain } from "./serve.ts";

/** How the notes application is described to the auditor. */
export function notesFile(url: string, plainHttp: string, logout = "/logout"): AuditFile {
  return defineAudit({
    target: url,
    plainHttp,
    ca: fileURLToPath(certificate),
    users: {
      alice: { name: "alice@example.test", password: "correct horse", newPassword: "another horse" },
      bob: { name: "bob@example.test", password: "battery staple" },
    },
    whoami: {
      request: get("/me"),
      signedIn: { status: 200, json: { "/email": "$user.name" } },
      signedOut: { status: 401 },
    },
    login: form("/login", { email: "$user.name", password: "$user.password" }),
    logout: form("/account", {}, { action: logout }),
    actions: {
      change: { do: form("/account", { city: "$random" }), seenAt: { request: get("/me"), json: "/city" } },
      sensitive: {
        do: form("/account", { email: "$random" }, { action: "/email" }),
        seenAt: { request: get("/me"), json: "/contact" },
      },
      endOthers: form("/account", {}, { action: "/sessions/end-others" }),
      password: {
        do: form("/account", { next: "$user.newPassword" }),
        restore: form("/account", { next: "$user.password" }),
      },
      sessions: get("/sessions"),
      stepUp: post("/prove"),
      renew: post("/renew"),
      halfway: [post("/reset", { email: "$user.name" })],
      disable: { do: post("/disable", { email: "$user.name" }), restore: post("/enable", { email: "$user.name" }) },
      stream: get("/events"),
      count: { do: post("/count"), seenAt: { request: get("/me"), json: "/count" } },
      once: { do: post("/redeem"), worked: { status: 200 } },
    },
    expect: { idle: "15m", absolute: "2h", fresh: "5m", sessionsPerUser: 8 },
    clock: post("/clock", { milliseconds: "$milliseconds" }),
  });
}

export interface AuditNotesOptions extends AuditReadyOptions {
  /** What the audit file says otherwise. */
  readonly change?: (file: AuditFile) => AuditFile;
  /** Default: over http, which is quicker. */
  readonly overHttps?: boolean;
}

/** Serves the notes application with some flaws, audits it, and stops it. */
export async function auditNotes(
  flaws: Flaws,
  { change = (file) => file, overHttps = false, ...options }: AuditNotesOptions = {},
): Promise<Report> {
  const notes = createNotes(flaws);
  const served = overHttps
    ? await serve(notes, flaws.has("X-TLS-01") ? { plain: notes } : {})
    : await servePlain(notes);
  const logout = flaws.has("X-END-12") ? "/leave" : "/logout";
  try {
    const file = await checkAuditFile(change(notesFile(served.url, served.plainUrl, logout)), process.env);
    const launched = options.browser === false ? {} : { launched: await sharedBrowser() };
    return await auditReady(file, { settle: 20, ...launched, ...options });
  } finally {
    await served.close();
  }
}

/** Alice's cookie, got without the auditor. */
export async function signInByHand(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const body = new URLSearchParams({ email: "alice@example.test", password: "correct horse" }).toString();
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      path: "/login",
      method: "POST",
      servername: hostname,
      ca: readFileSync(certificate),
    };
    request(options, resolve).once("error", reject).end(body);
  });
  answer.resume();
  return answer.headers["set-cookie"]?.[0]?.split(";")[0]?.split("=")[1] ?? "";
}
