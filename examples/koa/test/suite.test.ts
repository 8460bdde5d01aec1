import { isARunningExample } from "../../../packages/sojourn/test/adapters/support/example.ts";
import { keepsItsPromises, versionOf } from "../../../packages/sojourn/test/adapters/support/promises.ts";
import { startOnKoa } from "./application.ts";

keepsItsPromises(`Koa ${versionOf("koa", import.meta.url)}`, startOnKoa);
isARunningExample("koa");
