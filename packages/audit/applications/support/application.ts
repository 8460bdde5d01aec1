import type { AuditFile } from "../../src/index.ts";
import type { Running } from "./start.ts";

/** An application that nobody here wrote, and how it is set up here: expected verdicts hold for just that. */
export interface Application {
  /** Also the name of expected/NAME.json and of its reports. */
  readonly name: string;
  readonly product: string;
  /** As it is installed, without what only the distribution counts. */
  version(): Promise<string>;
  readonly language: string;
  /** What of its configuration matters to its sessions. */
  readonly configuration: string;
  /** Sets it up in an empty folder, with the two users, and starts it on a port of 127.0.0.1. */
  start(folder: string, port: number): Promise<Running>;
  file(url: string): AuditFile;
}

/** The two users of every application. */
export const people = {
  alice: { name: "alice", password: "correct-horse-battery-1", newPassword: "another-horse-battery-2" },
  bob: { name: "bob", password: "battery-staple-horse-3", newPassword: "another-staple-horse-4" },
} as const;
