import type { Clock } from "sojourn";
import type { Attempts } from "./attempts.ts";
import type { Customers } from "./customers.ts";
import type { Devices } from "./devices.ts";
import type { Ledger } from "./ledger.ts";
import type { Log } from "./log.ts";
import type { NewDevices } from "./new-devices.ts";
import type { BankSessions } from "./sessions.ts";

/** What the routes work with. */
export interface Services extends BankSessions {
  readonly customers: Customers;
  readonly ledger: Ledger;
  readonly devices: Devices;
  readonly newDevices: NewDevices;
  readonly attempts: Attempts;
  readonly clock: Clock;
  readonly log: Log;
}
