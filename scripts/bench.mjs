// npm run bench: installs and builds what is measured, and measures it on Node 24, which some of the peers need.
// One part: npm run bench -- http. For a first look, under three minutes: npm run bench -- --quick
import { build } from "./lib/build.mjs";
import { install, requireNode } from "./lib/install.mjs";
import { inRepository } from "./lib/paths.mjs";
import { announce, printProblems } from "./lib/print.mjs";
import { provide } from "./lib/requirements.mjs";
import { run } from "./lib/run.mjs";

const parameters = process.argv.slice(2);
const bench = inRepository("bench");

requireNode();
const problems = [];
const env = { NODE_ENV: "production" };
let node = null;
if (!(await install())) problems.push({ name: "dependencies", why: "could not be installed", mend: "npm ci" });
else if (!(await build())) problems.push({ name: "build", why: "the build failed", mend: "npm run build" });
else if (!(await install({ folder: bench, label: "what is measured beside Sojourn" })))
  problems.push({ name: "peers", why: "could not be installed", mend: "npm ci --prefix bench" });
for (const need of ["node24", "redis-server", "postgres", "mariadbd"]) {
  if (problems.length > 0) break;
  const provided = await provide(need);
  if (provided.why) problems.push({ name: need, why: provided.why, mend: provided.mend });
  else {
    Object.assign(env, provided.env);
    if (need === "node24") node = provided.path;
  }
}

if (problems.length > 0) {
  printProblems(problems);
  process.exitCode = 1;
} else {
  announce("Measuring");
  process.exitCode = await run(node, ["--expose-gc", inRepository("bench", "bench.mjs"), ...parameters], {
    cwd: bench,
    env,
    minutes: 180,
  });
}
