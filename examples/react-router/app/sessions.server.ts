import { createSessionManager } from "sojourn";
import { memoryStore } from "sojourn/memory";
import { reactRouterSessions } from "sojourn/react-router";

const [store, origins] = [memoryStore(), ["http://localhost:3000"]];
export const sessions = reactRouterSessions(createSessionManager<{ visits: number }>({ store, origins }));
