import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import type { StartAdapterApplication } from "../../../packages/sojourn/src/testing/index.ts";
import { listenTo } from "../../../packages/sojourn/test/adapters/applications/listen.ts";
import { honoApplication } from "./routes.ts";

/** The application of the adapter suite on Hono, served by Node. */
export const startOnHono: StartAdapterApplication = (options) =>
  listenTo(createAdaptorServer({ fetch: honoApplication(options).fetch }) as Server);
