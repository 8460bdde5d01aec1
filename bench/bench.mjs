// node bench.mjs [--quick] [PART ...]: on the Node that scripts/bench.mjs provides, after everything is installed and built.
import { machineClass } from "./lib/machine.mjs";
import { printVerdicts, section } from "./lib/print.mjs";
import { keep } from "./lib/results.mjs";
import { report } from "./report.mjs";

const parts = ["http", "engine", "stores", "growth", "start", "fleet"];
const parameters = process.argv.slice(2);
const quick = parameters.includes("--quick");
const names = parameters.filter((parameter) => !parameter.startsWith("--"));
const unknown = [
  ...names.filter((name) => !parts.includes(name)),
  ...parameters.filter((one) => /^--(?!quick$)/.test(one)),
];
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(", ")}. Parts: ${parts.join(", ")}; --quick for under three minutes.`);
  process.exit(2);
}

const start = performance.now();
const all = [];
for (const name of names.length > 0 ? names : parts) {
  const { run } = await import(`./parts/${name}.mjs`);
  const partStart = performance.now();
  const result = await run({ quick });
  const { verdicts = [] } = result;
  printVerdicts(verdicts);
  all.push(...verdicts);
  keep(name, {
    quick,
    machine: machineClass(),
    seconds: Math.round((performance.now() - partStart) / 1000),
    ...result,
  });
}
if (!quick) report();
const missed = all.filter(({ met }) => !met);
section(`${all.length} targets, ${missed.length} missed, ${Math.round((performance.now() - start) / 1000)} s`);
for (const { what } of missed) console.log(`  MISSED ${what}`);
// A missed target is a finding, not a failure of the command.
process.exit(0);
