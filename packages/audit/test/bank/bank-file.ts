import { type AuditFile, defineAudit, form, get } from "../../src/index.ts";
import { customers, password } from "./start-bank.ts";

/** How the bank is described to the auditor. */
export function bankFile(target: string): AuditFile {
  const newPassword = "another horse battery";
  return defineAudit({
    target,
    users: {
      alice: { name: customers.alice, password, newPassword },
      bob: { name: customers.bob, password, newPassword },
    },
    whoami: {
      request: get("/settings"),
      signedIn: { status: 200, text: "<strong>$user.name</strong>" },
      signedOut: { status: 401 },
    },
    login: form("/login", { email: "$user.name", password: "$user.password" }),
    logout: form("/account", {}, { action: "/logout" }),
    actions: {
      change: {
        do: form("/devices", { label: "$random" }, { action: "/devices/name" }),
        seenAt: { request: get("/devices") },
      },
      endOthers: form("/devices", {}, { action: "/devices/end-others" }),
      password: {
        do: form("/settings", { current: "$user.password", next: "$user.newPassword" }),
        restore: form("/settings", { current: "$user.newPassword", next: "$user.password" }),
      },
      sessions: get("/devices"),
    },
    expect: { idle: "15m", absolute: "8h", sessionsPerUser: 10 },
  });
}
