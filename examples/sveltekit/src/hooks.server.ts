import { type Handle, sequence } from "@sveltejs/kit/hooks";
import { createSessionManager } from "sojourn";
import { memoryStore } from "sojourn/memory";
import { svelteKitSessions } from "sojourn/sveltekit";

const [store, origins] = [memoryStore(), ["http://localhost:3000"]];
export const manager = createSessionManager<{ theme: string }>({ store, origins });
const sessions = svelteKitSessions(manager);
const requireUser = sessions.requireUser({ at: "/login" });
const guard: Handle = (input) => (input.event.route.id === "/login" ? input.resolve(input.event) : requireUser(input));

export const handle = sequence(sessions.handle, guard);
export const handleError = sessions.handleError;
