import { describe } from "vitest";
import { startSentinel } from "../support/servers/redis-topologies.ts";
import { testRedisOn } from "./redis-on-servers.ts";

describe("Redis, a Sentinel set", () => testRedisOn("redis sentinel", startSentinel));
