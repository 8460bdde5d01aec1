import { createSessionManager } from "sojourn";
import { h3Sessions, type SessionOf } from "sojourn/h3";
import { memoryStore } from "sojourn/memory";

const [store, origins] = [memoryStore(), ["http://localhost:3000"]];
const manager = createSessionManager<{ visits: number }>({ store, origins });
export const sessions = h3Sessions(manager);

declare module "h3" {
  interface H3EventContext {
    session: SessionOf<typeof manager>;
  }
}
