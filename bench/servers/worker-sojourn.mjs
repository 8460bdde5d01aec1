import { createSessionManager } from "sojourn";
import { withSession } from "sojourn/fetch";
import { memoryStore } from "sojourn/memory";

const manager = createSessionManager({ store: memoryStore(), origins: ["https://shop.example"] });
const worker = { fetch: withSession(manager, async (_request, { session }) => new Response(session.kind)) };

export { worker as default };
