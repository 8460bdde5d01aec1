import { isARunningExample } from "../../../packages/sojourn/test/adapters/support/example.ts";
import { keepsItsPromises, versionOf } from "../../../packages/sojourn/test/adapters/support/promises.ts";
import { startOnExpress, startOnFastify } from "./application.ts";

const nest = versionOf("@nestjs/core", import.meta.url);
keepsItsPromises(`NestJS ${nest} on Express ${versionOf("express", import.meta.url)}`, startOnExpress);
keepsItsPromises(`NestJS ${nest} on Fastify ${versionOf("fastify", import.meta.url)}`, startOnFastify);
isARunningExample("nest");
