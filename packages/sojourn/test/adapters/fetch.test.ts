import { test } from "vitest";
import { adapterChecks } from "../../src/testing/index.ts";
import { startOnFetch } from "./applications/fetch.ts";

for (const check of adapterChecks(startOnFetch)) test(`fetch: ${check.name}`, () => check.run());
