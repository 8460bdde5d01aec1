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
const failed = [];
for (const name of names.length > 0 ? names : parts) {
  const partStart = performance.now();
  try {
    const { run } = await import(`./parts/${name}.mjs`);
    const { verdicts = [], ...figures } = await run({ quick });
    printVerdicts(verdicts);
    all.push(...verdicts);
    const seconds = Math.round((performance.now() - partStart) / 1000);
    keep(name, { quick, machine: machineClass(), seconds, ...figures, verdicts });
  } catch (error) {
    // The other parts are worth having all the same; the last figures of this one stay as they are.
    console.error(error);
    failed.push({ name, message: String(error?.message ?? error) });
  }
}
if (!quick) report();
const missed = all.filter(({ met }) => !met);
section(`${all.length} targets, ${missed.length} missed, ${Math.round((performance.now() - start) / 1000)} s`);
for (const { what } of missed) console.log(`  MISSED ${what}`);
for (const { name, message } of failed) console.log(`  FAILED ${name}: ${message}`);
// A missed target is a finding; a part that could not be measured is a failure of the command.
process.exit(failed.length === 0 ? 0 : 1);
