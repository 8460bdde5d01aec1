import type { Clock, SessionId } from "sojourn";
import type { Database } from "./database.ts";

/** A login from a device that the customer's other sessions do not know. */
export interface NewDevice {
  readonly label: string;
  readonly at: number;
}

/** What customers are told of logins from new devices. A bank with a mail server would send a message as well. */
export interface NewDevices {
  note(login: { readonly sessionId: SessionId; readonly customerId: string; readonly label: string }): void;
  /** What the customer has not looked into yet, but for the login that `reader` itself began with. */
  unseenBy(reader: { readonly sessionId: SessionId; readonly customerId: string }): readonly NewDevice[];
  /** The customer, in another session than the new one, has looked at the list of devices. */
  seenBy(reader: { readonly sessionId: SessionId; readonly customerId: string }): void;
}

export function createNewDevices(db: Database, clock: Clock): NewDevices {
  const statements = {
    note: db.prepare("INSERT OR REPLACE INTO new_devices (session_id, customer_id, label, at) VALUES (?, ?, ?, ?)"),
    unseen: db.prepare("SELECT label, at FROM new_devices WHERE customer_id = ? AND session_id <> ? ORDER BY at DESC"),
    seen: db.prepare("DELETE FROM new_devices WHERE customer_id = ? AND session_id <> ?"),
  };
  return {
    note: ({ sessionId, customerId, label }) => void statements.note.run(sessionId, customerId, label, clock.now()),
    unseenBy: ({ sessionId, customerId }) =>
      statements.unseen.all(customerId, sessionId) as unknown as readonly NewDevice[],
    seenBy: ({ sessionId, customerId }) => void statements.seen.run(customerId, sessionId),
  };
}
