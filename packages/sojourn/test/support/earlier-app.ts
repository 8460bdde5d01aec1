import { createHmac } from "node:crypto";
import type { EarlierRow, EarlierStore } from "../../src/upgrade/index.ts";
import {
  type ExpressSessionOptions,
  expressSession,
  type LiveUpgradeOptions,
  liveUpgrade,
} from "../../src/upgrade/index.ts";
import { Visitor } from "./visitor.ts";
import { type World, type WorldOptions, world } from "./world.ts";

/** What an application on express-session left behind, in memory: rows, and cookies that they are signed for. */
export interface EarlierApp {
  readonly store: EarlierStore;
  readonly rows: Map<string, EarlierRow>;
  /** Called before each of the store's verbs: throws, or waits, on cue. */
  before: (verb: "find" | "take" | "forget") => void | Promise<void>;
  /** Somebody logs in there; the cookie. */
  logIn(userId: string, data?: object): string;
  /** Somebody logs out there. */
  logOut(cookie: string): void;
}

export const secret = "the secret of the earlier application";

export function signed(id: string, by = secret): string {
  const signature = createHmac("sha256", by).update(id).digest("base64").replace(/=+$/, "");
  return encodeURIComponent(`s:${id}.${signature}`);
}

export function earlierApp(): EarlierApp {
  const rows = new Map<string, EarlierRow>();
  const taken = new Map<string, EarlierRow>();
  let logins = 0;
  const app: EarlierApp = {
    rows,
    before: () => {},
    store: {
      name: "earlier",
      async find(id) {
        await app.before("find");
        return rows.get(id) ?? taken.get(id) ?? null;
      },
      async take(id) {
        await app.before("take");
        const row = rows.get(id);
        if (row && !taken.has(id)) {
          taken.set(id, row);
          rows.delete(id);
        }
        return taken.get(id) ?? null;
      },
      async forget(id) {
        await app.before("forget");
        rows.delete(id);
        taken.delete(id);
      },
    },
    logIn(userId, data = {}) {
      const id = `earlier-session-${++logins}`;
      rows.set(id, { data: { cookie: { originalMaxAge: null }, userId, ...data } });
      return signed(id);
    },
    logOut(cookie) {
      rows.delete(decodeURIComponent(cookie).slice(2).split(".")[0]!);
    },
  };
  return app;
}

export interface Successor<Data extends object> extends World<Data> {
  readonly earlier: EarlierApp;
  /** A browser that still has the cookie of the earlier application. */
  returning(cookie: string): Visitor<Data>;
}

type Options = WorldOptions & {
  readonly source?: Partial<ExpressSessionOptions>;
  readonly move?: Partial<LiveUpgradeOptions>;
};

/** The same application on this library, which moves the earlier one's sessions in. */
export function successor<Data extends object = Record<string, unknown>>(options: Options = {}): Successor<Data> {
  const { source, move, ...rest } = options;
  const earlier = earlierApp();
  const sources = [
    expressSession({
      secret,
      store: earlier.store,
      carry: ({ userId, ...data }) => (typeof userId === "string" ? { userId, data } : null),
      ...source,
    }),
  ];
  const here = world<Data>({
    liveUpgrade: liveUpgrade({ sources, until: new Date("2100-01-01"), ...move }),
    ...rest,
  });
  return { ...here, earlier, returning: (cookie) => new Visitor(here.manager, new Map([["connect.sid", cookie]])) };
}
