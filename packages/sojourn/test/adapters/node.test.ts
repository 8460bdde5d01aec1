import { test } from "vitest";
import { adapterChecks } from "../../src/testing/index.ts";
import { startOnNode } from "./applications/node.ts";

for (const check of adapterChecks(startOnNode)) test(`node: ${check.name}`, () => check.run());
