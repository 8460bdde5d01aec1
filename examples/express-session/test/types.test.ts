import { fileURLToPath } from "node:url";
import { test } from "vitest";
import { compile } from "../../../packages/sojourn/test/adapters/support/example.ts";

test.each(["before", "after"])("the application compiles %s, with the types of what it imports", async (which) => {
  await compile(fileURLToPath(new URL(`../${which}`, import.meta.url)));
});
