import { createSessionManager } from "sojourn";
import { astroSessions } from "sojourn/astro";
import { memoryStore } from "sojourn/memory";

const [store, origins] = [memoryStore(), ["http://localhost:3000"]];
export const manager = createSessionManager<{ visits: number }>({ store, origins });
export const sessions = astroSessions(manager);
