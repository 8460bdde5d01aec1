#!/usr/bin/env node
import { insteadOf } from "../core/option-names.ts";
import { migrate, migrateUsage } from "./migrate.ts";
import { schema, schemaUsage } from "./schema.ts";
import { red, type Terminal, terminalOf } from "./terminal.ts";

/** What follows its name, and where it writes, to its exit code. */
type Command = (
  parameters: readonly string[],
  options: { readonly terminal: Terminal; readonly errors: Terminal; readonly signal: AbortSignal },
) => Promise<number>;
const commands: { readonly [name: string]: Command } = { migrate, schema };

const [name = "", ...parameters] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // The first asks to stop in good order; whoever sends a second one means now.
  process.on(signal, () => (stopping.signal.aborted ? process.exit(1) : stopping.abort()));
}
const terminal = terminalOf(process.stdout, process.env);
const errors = terminalOf(process.stderr, process.env);
if (command) {
  try {
    process.exitCode = await command(parameters, { terminal, errors, signal: stopping.signal });
  } catch (error) {
    // The message alone: what caused it may name addresses with their passwords.
    errors.write(`${red(`${name} failed: ${error instanceof Error ? error.message : String(error)}`, errors)}\n`);
    process.exitCode = 1;
  }
} else {
  const isAskedFor = name === "--help" || name === "-h";
  if (!isAskedFor && name !== "") {
    errors.write(`${red(`There is no command ${name}: ${insteadOf(name, Object.keys(commands))}`, errors)}\n`);
  }
  (isAskedFor ? terminal : errors).write(`Usage:\n${migrateUsage}\n${schemaUsage}`);
  process.exitCode = isAskedFor ? 0 : 2;
}
// A client that the application's module left open, and which may be connecting again for ever, keeps nobody waiting.
setTimeout(() => process.exit(), 500).unref();
