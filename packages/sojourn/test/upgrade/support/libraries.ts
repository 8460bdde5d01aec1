import type { RequestListener } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Request, RequestHandler } from "express";
import type { Pool } from "pg";

/** A request as express-session and cookie-session leave it. */
export type WithSession = Request & {
  session: Record<string, unknown> & { destroy(done: (error: unknown) => void): void };
};

/** A session of iron-session. */
export type Sealed = Record<string, unknown> & { save(): Promise<void>; destroy(): void };

/** As much of the earlier session libraries as the stories use; they are installed apart. */
export interface Libraries {
  session(options: object): RequestHandler;
  readonly RedisStore: new (options: object) => object;
  connectPgSimple(session: unknown): new (options: object) => { close(): Promise<void> };
  cookieSession(options: object): RequestHandler;
  getIronSession(request: unknown, response: unknown, options: object): Promise<Sealed>;
  unsealData(seal: string, options: object): Promise<object>;
  betterAuth(options: object): { readonly options: object };
  getMigrations(options: object): Promise<{ runMigrations(): Promise<void> }>;
  toNodeHandler(auth: object): RequestListener;
}

export async function libraries(): Promise<Libraries> {
  const folder = process.env.SOJOURN_EARLIER_LIBRARIES;
  if (!folder) throw new Error("SOJOURN_EARLIER_LIBRARIES is not set: start this test with `npm test -- upgrade`");
  return (await import(pathToFileURL(join(folder, "..", "libraries.mjs")).href)) as Libraries;
}

export type { Pool };
