import { memoryStore } from "../../../src/stores/memory.ts";
import { jittery } from "../../linearizability/jittery-store.ts";
import { choices } from "../../linearizability/random.ts";
import { soak } from "../soak.ts";

soak("memory", async () => ({ connections: [jittery(memoryStore(), choices(1))], close: async () => {} }));
