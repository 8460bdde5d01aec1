import {
  type AnonymousSession,
  type AuthenticatedSession,
  type Clock,
  createSessionManager,
  type Policy,
  type Session,
  type SessionManager,
} from "sojourn";
import { type ExpressSessions, expressSessions } from "sojourn/express";
import { owasp } from "sojourn/presets";
import { clientSignals } from "sojourn/signals";
import { sqliteStore } from "sojourn/sqlite";
import { z } from "zod";
import type { Database } from "./database.ts";
import { type Log, logEvent } from "./log.ts";

/** An action that waits until its customer has proved who they are. Never holds a secret. */
const pendingAction = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("transfer"),
    id: z.uuid(),
    to: z.string(),
    cents: z.int().positive(),
    message: z.string(),
  }),
  z.object({ kind: z.literal("email"), id: z.uuid(), email: z.string() }),
]);

const theme = z.enum(["auto", "light", "dark"]);

const sessionData = z.object({ theme: theme.optional(), pending: pendingAction.optional() });

export type Theme = z.infer<typeof theme>;
export type PendingAction = z.infer<typeof pendingAction>;
export type BankData = z.infer<typeof sessionData>;
export type BankSession = Session<BankData>;
export type MemberSession = AuthenticatedSession<BankData>;
export type VisitorSession = AnonymousSession<BankData>;

export const themes = theme.options;

export interface BankSessions {
  readonly manager: SessionManager<BankData>;
  readonly sessions: ExpressSessions<BankData>;
}

export interface BankSessionsOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly origins: readonly string[];
  readonly policy: Partial<Policy>;
  readonly log: Log;
}

/** The only place where the bank configures its sessions. */
export function createBankSessions({ db, clock, origins, policy, log }: BankSessionsOptions): BankSessions {
  const manager = createSessionManager({
    store: sqliteStore(db, { createTable: true }),
    // Before a login there is only a choice of colours to remember, so that one may last.
    policy: { ...owasp, idle: "15m", anonymous: { idle: "7d", absolute: "30d" }, sessionsPerUser: 10, ...policy },
    origins,
    binding: { policy: "offer" },
    signals: clientSignals(),
    schema: sessionData,
    clock,
    onEvent: (event) => logEvent(log, event),
  });
  // The page asks how long the session still lasts; that alone must not make it last longer.
  const sessions = expressSessions(manager, {
    isPolling: ({ method, path }) => method === "GET" && path === "/session",
  });
  return { manager, sessions };
}
