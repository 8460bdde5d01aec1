import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { fileURLToPath } from "node:url";
import { listen } from "../../../packages/sojourn/test/adapters/applications/listen.ts";
import { Browser } from "../../../packages/sojourn/test/express-session/support/browser.ts";

/** The bookshop, by what it imports its sessions from. */
export const imports = { "express-session": "before", "sojourn/express-session": "after" } as const;
export type Import = keyof typeof imports;

const folder = fileURLToPath(new URL("..", import.meta.url));

export function sourceOf(sessions: Import, file: string): string {
  return readFileSync(`${folder}${imports[sessions]}/${file}`, "utf8");
}

export interface Bookshop {
  visitor(): Browser;
  close(): Promise<void>;
}

export const ordinary = { secret: "keyboard cat", resave: false, saveUninitialized: false };

/** Opens it on a free port of this machine. */
export async function openBookshop(sessions: Import, options: object = ordinary): Promise<Bookshop> {
  // By a name the compiler does not follow: each of the two declares `req.session` for the whole program.
  const application: string = `../${imports[sessions]}/app.ts`;
  const { createApp } = (await import(application)) as { createApp(options: object): RequestListener };
  const quiet = sessions === "express-session" ? {} : { warn: false };
  const { origin, close } = await listen(createApp({ ...options, ...quiet }));
  return { visitor: () => new Browser(origin), close };
}

export const alice = { username: "alice", password: "correct horse" };
