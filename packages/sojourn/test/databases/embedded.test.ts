import { memoryStore } from "../../src/stores/memory.ts";
import { bindings, openFixture } from "../stores/sqlite-databases.ts";
import { describeStoreContract } from "../support/store-contract.ts";

describeStoreContract("memory", async () => {
  const store = memoryStore();
  return { name: "memory", connect: async () => ({ store, close: async () => {} }), close: async () => {} };
});

for (const binding of bindings) {
  describeStoreContract(`sqlite, ${binding.name}`, async () => {
    const { stores, close } = await openFixture(binding);
    const left = [...stores];
    return {
      name: `sqlite, ${binding.name}`,
      connect: async () => ({ store: left.pop()!, close: async () => {} }),
      close,
    };
  });
}
