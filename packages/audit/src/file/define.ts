import type { AuditFile } from "./schema.ts";

type FlowIn = AuditFile["login"];
type StreamIn = NonNullable<NonNullable<AuditFile["actions"]>["stream"]>;
type StepIn = Extract<FlowIn, { kind: "request" }>;
type RequestOptions = Pick<StepIn, "as" | "headers" | "pick" | "keep">;

/** An audit file, with types to help write it. Checked when the audit begins. */
export function defineAudit(file: AuditFile): AuditFile {
  return file;
}

/** The value of an environment variable: for passwords and whatever else no file should hold. */
export function env(name: string): { env: string } {
  return { env: name };
}

/** Opens a page, fills in the form that has these fields, and sends it with its hidden fields. */
export function form(page: string, fields: Record<string, string>, options: { action?: string } = {}): FlowIn {
  return { kind: "form", page, fields, ...options };
}

export function get(path: string, options: RequestOptions = {}): StepIn {
  return { kind: "request", method: "GET", path, ...options };
}

/** Fields go as a form, or as JSON with `{ as: "json" }`. */
export function post(path: string, fields: Record<string, string> = {}, options: RequestOptions = {}): StepIn {
  return { kind: "request", method: "POST", path, fields, ...options };
}

/** Several requests, with values picked from earlier answers. */
export function http(steps: StepIn[]): FlowIn {
  return { kind: "http", steps };
}

/** Follows the link, or presses the button, that says `text`. */
export function link(text: string, options: { on: string }): FlowIn {
  return { kind: "link", page: options.on, text };
}

/** A login, or logout, that a browser's network panel or `sojourn-audit record` saved as HAR. */
export function har(file: string): FlowIn {
  return { kind: "har", file };
}

/** A WebSocket, as `actions.stream`: what it receives is watched. `send` are the messages it begins with. */
export function webSocket(path: string, options: { send?: string[] } = {}): StreamIn {
  return { kind: "webSocket", path, ...options };
}

/** A module whose default export gets `{ page, context, target, user, totp }`, and does it in a browser with Playwright. */
export function playwright(file: string): FlowIn {
  return { kind: "playwright", file };
}

/** A saved Playwright state of somebody who is signed in. */
export function storageState(file: string): FlowIn {
  return { kind: "storageState", file };
}
