// npm start: from a fresh clone to the bank running, in one command. PORT is honoured by the bank.
import { spawn } from "node:child_process";
import { build } from "./lib/build.mjs";
import { install, requireNode } from "./lib/install.mjs";
import { inRepository } from "./lib/paths.mjs";
import { announce } from "./lib/print.mjs";

requireNode();
if ((await install()) && (await build())) {
  announce("Starting examples/bank");
  const bank = spawn(process.execPath, ["dist/server.js"], { cwd: inRepository("examples", "bank"), stdio: "inherit" });
  // Whoever stops this command stops the bank, and waits for it to close its database.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => bank.kill(signal));
  bank.once("close", (code) => {
    process.exitCode = code ?? 0;
  });
} else {
  console.error("\nThe bank was not started: see above what went wrong.");
  process.exitCode = 1;
}
