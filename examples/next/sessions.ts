import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { createSessionManager, type SessionStore } from "sojourn";
import { memoryStore } from "sojourn/memory";
import { nextSessions } from "sojourn/next";

const kept = globalThis as { store?: SessionStore }; // Next.js loads this file more than once
kept.store ??= memoryStore();

const manager = createSessionManager<{ theme: string }>({ store: kept.store, origins: ["http://localhost:3000"] });
export const sessions = nextSessions(manager, { cookies, headers, redirect });
