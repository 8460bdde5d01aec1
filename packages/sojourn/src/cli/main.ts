#!/usr/bin/env node
import { migrate, migrateUsage } from "./migrate.ts";
import { red, terminalOf } from "./terminal.ts";

/** Each command: what follows its name, and where it writes, to its exit code. */
const commands: { readonly [name: string]: typeof migrate } = { migrate };

const [name = "", ...parameters] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
const stopping = new AbortController();
process.once("SIGINT", () => stopping.abort());
process.once("SIGTERM", () => stopping.abort());
if (command) {
  const terminal = terminalOf(process.stdout, process.env);
  try {
    process.exitCode = await command(parameters, { terminal, signal: stopping.signal });
  } catch (error) {
    // The message alone: what caused it may name addresses with their passwords.
    terminal.write(`${red(`${name} failed: ${error instanceof Error ? error.message : String(error)}`, terminal)}\n`);
    process.exitCode = 1;
  }
} else {
  process.stdout.write(`Usage:\n${migrateUsage}`);
  process.exitCode = 2;
}
