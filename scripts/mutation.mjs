// npm run mutation: changes the engine, and what notices and ends thefts, in small wrong ways and counts the changes that no test notices.
// One file only: npm run mutation -- --mutate packages/sojourn/src/core/judge.ts
import { install, requireNode } from "./lib/install.mjs";
import { inRepository } from "./lib/paths.mjs";
import { announce } from "./lib/print.mjs";
import { runNode } from "./lib/run.mjs";

const folder = inRepository("tools", "mutation");

requireNode();
if ((await install()) && (await install({ folder, label: "the mutation tester" }))) {
  announce(
    "Mutating core, binding, contain, signals and oidc of packages/sojourn/src (report: reports/mutation/mutation.html)",
  );
  const stryker = inRepository("tools", "mutation", "node_modules", "@stryker-mutator", "core", "bin", "stryker.js");
  process.exitCode = await runNode([stryker, "run", "tools/mutation/stryker.config.json", ...process.argv.slice(2)], {
    minutes: 360,
  });
} else {
  console.error(
    "\nNot run: the dependencies could not be installed. To mend it: npm ci && npm ci --prefix tools/mutation",
  );
  process.exitCode = 1;
}
