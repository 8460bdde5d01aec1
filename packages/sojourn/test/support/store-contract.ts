import { describe, test } from "vitest";
import { storeChecks } from "../../src/testing/index.ts";
import type { Deployment } from "./servers/deployment.ts";

/**
 * Every check of the store suite as a test, each in an empty deployment with two connections. The group's name is what
 * `npm run test:stores` makes its table of.
 */
export function describeStoreContract(name: string, deploy: () => Promise<Deployment>): void {
  const checks = storeChecks(async () => {
    const deployment = await deploy();
    const connections = await Promise.all([deployment.connect(), deployment.connect()]);
    return {
      stores: connections.map(({ store }) => store),
      async close() {
        await Promise.all(connections.map((connection) => connection.close()));
        await deployment.close();
      },
    };
  });
  describe(`store contract: ${name}`, () => {
    for (const check of checks) test(check.name, () => check.run());
  });
}
