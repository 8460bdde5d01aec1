import type { SessionId } from "sojourn";
import type { Database } from "./database.ts";

/** The names that customers give their devices. The sessions, and what each is called at first, are the library's. */
export interface Devices {
  rename(device: { readonly sessionId: SessionId; readonly customerId: string; readonly name: string }): void;
  /** The names that a customer gave, by session id; forgets those of sessions that are over. */
  namesOf(customerId: string, standing: readonly SessionId[]): ReadonlyMap<string, string>;
}

export function createDevices(db: Database): Devices {
  const statements = {
    rename: db.prepare(
      `INSERT INTO devices (session_id, customer_id, label) VALUES (?, ?, ?)
       ON CONFLICT (session_id) DO UPDATE SET label = excluded.label`,
    ),
    all: db.prepare("SELECT session_id AS sessionId, label AS name FROM devices WHERE customer_id = ?"),
    forget: db.prepare("DELETE FROM devices WHERE session_id = ?"),
  };
  return {
    rename: ({ sessionId, customerId, name }) => void statements.rename.run(sessionId, customerId, name),
    namesOf(customerId, standing) {
      const names = new Map<string, string>();
      for (const { sessionId, name } of statements.all.all(customerId) as { sessionId: SessionId; name: string }[]) {
        if (standing.includes(sessionId)) names.set(sessionId, name);
        else statements.forget.run(sessionId);
      }
      return names;
    },
  };
}

const browsers = [
  ["Edge", /\bEdg/],
  ["Opera", /\bOPR\//],
  ["Firefox", /\b(?:Firefox|FxiOS)\//],
  ["Chrome", /\b(?:Chrome|CriOS|HeadlessChrome)\//],
  ["Safari", /\bSafari\//],
  ["curl", /^curl\//],
] as const;
const systems = [
  ["Android", /\bAndroid\b/],
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Windows", /\bWindows\b/],
  ["Mac", /\bMacintosh\b/],
  ["Linux", /\bLinux\b/],
] as const;

/** What to call a device at first: `"Firefox on Linux"`. A help for the eye; it decides nothing. */
export function labelFor(userAgent: string): string {
  const browser = browsers.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? "A browser";
  const system = systems.find(([, pattern]) => pattern.test(userAgent))?.[0];
  return system ? `${browser} on ${system}` : browser;
}
