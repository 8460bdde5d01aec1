import { isARunningExample } from "../../../packages/sojourn/test/adapters/support/example.ts";
import { keepsItsPromises, versionOf } from "../../../packages/sojourn/test/adapters/support/promises.ts";
import { startOnFastify } from "./application.ts";

keepsItsPromises(`Fastify ${versionOf("fastify", import.meta.url)}`, startOnFastify);
isARunningExample("fastify");
