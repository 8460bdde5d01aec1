import { createRequire } from "node:module";
import koa from "koa";
import { isARunningExample } from "../../../packages/sojourn/test/adapters/support/example.ts";
import { keepsItsPromises, versionOf } from "../../../packages/sojourn/test/adapters/support/promises.ts";
import { startOn } from "./application.ts";

// The same shape, and no types of its own.
const koa2: typeof koa = createRequire(import.meta.url)("koa2");
keepsItsPromises(`Koa ${versionOf("koa", import.meta.url)}`, startOn(koa));
keepsItsPromises(`Koa ${versionOf("koa2", import.meta.url)}`, startOn(koa2));
isARunningExample("koa");
