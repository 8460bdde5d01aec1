import type { SessionId } from "sojourn";
import type { Database } from "./database.ts";

/** What a customer calls the devices they are logged in on. The sessions themselves are the library's. */
export interface Devices {
  remember(device: { readonly sessionId: SessionId; readonly customerId: string; readonly label: string }): void;
  /** The labels of a customer's sessions, by session id; forgets those of sessions that are over. */
  labelsOf(customerId: string, standing: readonly SessionId[]): ReadonlyMap<string, string>;
}

export function createDevices(db: Database): Devices {
  const statements = {
    remember: db.prepare(
      `INSERT INTO devices (session_id, customer_id, label) VALUES (?, ?, ?)
       ON CONFLICT (session_id) DO UPDATE SET label = excluded.label`,
    ),
    all: db.prepare("SELECT session_id AS sessionId, label FROM devices WHERE customer_id = ?"),
    forget: db.prepare("DELETE FROM devices WHERE session_id = ?"),
  };
  return {
    remember: ({ sessionId, customerId, label }) => void statements.remember.run(sessionId, customerId, label),
    labelsOf(customerId, standing) {
      const labels = new Map<string, string>();
      for (const { sessionId, label } of statements.all.all(customerId) as { sessionId: SessionId; label: string }[]) {
        if (standing.includes(sessionId)) labels.set(sessionId, label);
        else statements.forget.run(sessionId);
      }
      return labels;
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
