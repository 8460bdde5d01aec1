import { fileURLToPath } from "node:url";
import express, { type Express } from "express";
import { type Clock, type Policy, systemClock } from "sojourn";
import { createAttempts } from "./attempts.ts";
import { createCustomers } from "./customers.ts";
import type { Database } from "./database.ts";
import { createDevices } from "./devices.ts";
import { errorPages, notFound } from "./http/errors.ts";
import { securityHeaders } from "./http/security-headers.ts";
import { createLedger } from "./ledger.ts";
import type { Log } from "./log.ts";
import { createNewDevices } from "./new-devices.ts";
import { accountRoutes } from "./routes/account.ts";
import { confirmRoutes } from "./routes/confirm.ts";
import { deviceRoutes } from "./routes/devices.ts";
import { entranceRoutes } from "./routes/entrance.ts";
import { leavingRoutes } from "./routes/leaving.ts";
import { settingsRoutes } from "./routes/settings.ts";
import { theftRoutes } from "./routes/theft.ts";
import { visitorRoutes } from "./routes/visitors.ts";
import type { Services } from "./services.ts";
import { createBankSessions } from "./sessions.ts";
import { startSweeper } from "./sweeper.ts";

export interface BankOptions {
  /** An open database; it stays the caller's to close. */
  readonly db: Database;
  /** The bank's own origins: the only ones its forms may come from. */
  readonly origins: readonly string[];
  /** Where log lines go. */
  readonly log: Log;
  /** Deviations from the bank's policy. Default: none. */
  readonly policy?: Partial<Policy>;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** The addresses of the proxies in front, as Express' `trust proxy` takes them. Default: none. */
  readonly proxy?: string | null;
}

export interface Bank {
  readonly app: Express;
  /** For those who run the bank: what to do about sessions after an incident. */
  readonly manager: Services["manager"];
  /** Stops what runs in the background. */
  close(): void;
}

/** No form of the bank is larger. */
const largestBody = "8kb";

/** The whole bank, ready to be served. */
export function createBank({ db, origins, log, policy = {}, clock = systemClock, proxy = null }: BankOptions): Bank {
  const ledger = createLedger(db, clock);
  const services: Services = {
    ...createBankSessions({ db, clock, origins, policy, log }),
    customers: createCustomers(db, ledger),
    ledger,
    devices: createDevices(db),
    newDevices: createNewDevices(db, clock),
    attempts: createAttempts(clock),
    clock,
    log,
  };

  const app = express();
  app.disable("x-powered-by");
  // Every page is made for one reader and never kept, so there is nothing to compare.
  app.disable("etag");
  if (proxy !== null) app.set("trust proxy", proxy);
  app.use(securityHeaders);
  app.use("/assets", express.static(folder("../public")), express.static(folder("../dist/browser")));
  // The form first: a session that was looked at before the last byte came may have ended since.
  app.use(express.urlencoded({ extended: false, limit: largestBody, parameterLimit: 20 }));
  app.use(services.sessions.middleware);
  app.use(visitorRoutes(services), entranceRoutes(services), leavingRoutes(services));
  app.use(accountRoutes(services), confirmRoutes(services), deviceRoutes(services), settingsRoutes(services));
  app.use(theftRoutes(services));
  app.use(notFound);
  app.use(errorPages(services));

  return { app, manager: services.manager, close: startSweeper(services.manager) };
}

function folder(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
