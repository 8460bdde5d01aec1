import { isARunningExample } from "../../../packages/sojourn/test/adapters/support/example.ts";
import { keepsItsPromises, versionOf } from "../../../packages/sojourn/test/adapters/support/promises.ts";
import { startOnHono } from "./application.ts";

keepsItsPromises(`Hono ${versionOf("hono", import.meta.url)}`, startOnHono);
isARunningExample("hono");
