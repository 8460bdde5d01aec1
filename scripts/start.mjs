// npm start: from a fresh clone to the bank running, in one command. PORT is honoured by the bank.
import { pathToFileURL } from "node:url";
import { build } from "./lib/build.mjs";
import { install, requireNode } from "./lib/install.mjs";
import { inRepository } from "./lib/paths.mjs";
import { announce } from "./lib/print.mjs";

requireNode();
if ((await install()) && (await build())) {
  announce("Starting examples/bank");
  const bank = inRepository("examples", "bank");
  process.chdir(bank);
  // In this very process, so that Ctrl+C and other signals reach the bank once, and its exit code is this one's.
  await import(pathToFileURL(`${bank}/dist/server.js`).href);
} else {
  console.error("\nThe bank was not started: see above what went wrong.");
  process.exitCode = 1;
}
