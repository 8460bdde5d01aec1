import { afterAll, beforeAll } from "vitest";
import { pgliteDeployment } from "../support/servers/sql-deployments.ts";
import { describeStoreContract } from "../support/store-contract.ts";

/** One database for all checks, because it takes seconds to start; no check minds what others left. */
let deployment: Awaited<ReturnType<typeof pgliteDeployment>>;
beforeAll(async () => {
  deployment = await pgliteDeployment();
});
afterAll(() => deployment.close());

describeStoreContract("postgresql, pglite", async () => ({ ...deployment, close: deployment.empty }));
