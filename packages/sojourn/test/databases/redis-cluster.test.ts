import { describe } from "vitest";
import { startCluster } from "../support/servers/redis-topologies.ts";
import { testRedisOn } from "./redis-on-servers.ts";

describe("Redis, a Cluster of six nodes", () => testRedisOn("redis cluster", startCluster));
