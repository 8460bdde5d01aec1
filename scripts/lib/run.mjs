import { spawn } from "node:child_process";
import { root } from "./paths.mjs";
import { colourful } from "./print.mjs";

/**
 * Runs a program with its output shown as it comes and nothing on its standard input.
 * Resolves to its exit code, 1 if it was stopped by a signal or could not be started.
 * `minutes` is the longest it may take.
 */
export function run(program, parameters, { cwd = root, env = {}, minutes = 30 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, {
      cwd,
      env: { ...process.env, ...(colourful ? {} : { NO_COLOR: "1" }), ...env },
      stdio: ["ignore", "inherit", "inherit"],
      timeout: minutes * 60_000,
    });
    child.once("error", (error) => {
      console.error(`${program} could not be started: ${error.message}`);
      resolve(1);
    });
    child.once("close", (code, signal) => {
      if (signal) console.error(`${program} was stopped by ${signal} (it may take ${minutes} minutes)`);
      resolve(code ?? 1);
    });
  });
}

/** Runs a script with this Node. */
export function runNode(parameters, options) {
  return run(process.execPath, parameters, options);
}

/** Runs npm: the one that started this command, else the one on the PATH. */
export function runNpm(parameters, options) {
  const npm = process.env.npm_execpath;
  return npm?.endsWith(".js") ? runNode([npm, ...parameters], options) : run("npm", parameters, options);
}
