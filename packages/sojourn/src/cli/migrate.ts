import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isObject } from "../core/json.ts";
import type { ScannableStore, SessionStore, StoredSession } from "../core/store.ts";
import { type MigrationCounts, migrateSessions } from "./migrate-sessions.ts";
import { progressOf } from "./progress.ts";
import { green, grouped, red, type Terminal } from "./terminal.ts";

export const migrateUsage = `sojourn migrate CONFIG [--dry-run]

Moves every session that is still in one store to the other, while the application runs on migrating({ from, to }).
CONFIG is a module of yours that exports the two stores as \`from\` and \`to\`, and \`close\` if something must be closed.
Stop it whenever you like: the next run goes on from there. --dry-run counts, and changes nothing.
`;

interface Config {
  readonly from: ScannableStore;
  readonly to: SessionStore;
  readonly close?: () => unknown;
}

/** `npx sojourn migrate`. Resolves to the exit code: 0 if everything has moved, 1 if something is left, 2 if it could not begin. */
export async function migrate(
  parameters: readonly string[],
  {
    terminal,
    errors,
    signal,
  }: { readonly terminal: Terminal; readonly errors: Terminal; readonly signal?: AbortSignal },
): Promise<number> {
  if (parameters.includes("--help")) {
    terminal.write(migrateUsage);
    return 0;
  }
  const dryRun = parameters.includes("--dry-run");
  const [file, ...others] = parameters.filter((parameter) => parameter !== "--dry-run");
  if (file === undefined || file.startsWith("-") || others.length > 0) {
    errors.write(migrateUsage);
    return 2;
  }
  const config = await load(file);
  if (typeof config === "string") {
    errors.write(`${red(config, errors)}\n`);
    return 2;
  }
  try {
    return await run(config, { dryRun, terminal, ...(signal && { signal }) });
  } finally {
    await config.close?.();
  }
}

async function load(file: string): Promise<Config | string> {
  const path = isAbsolute(file) ? file : resolve(file);
  const loaded: unknown = await import(pathToFileURL(path).href);
  const { from, to, close } = loaded as { readonly [name: string]: unknown };
  if (!isStore(from) || !isStore(to))
    return `${file} must export two stores: \`export const from = ...\` and \`export const to = ...\``;
  if (typeof from.scan !== "function") return `${file}: the store \`from\` cannot be paged through (it has no scan)`;
  return { from, to, ...(typeof close === "function" && { close }) } as unknown as Config;
}

function isStore(value: unknown): value is { readonly [name: string]: unknown } {
  return isObject(value) && typeof value.find === "function" && typeof value.insert === "function";
}

async function run(
  { from, to }: Config,
  {
    dryRun,
    terminal,
    signal,
  }: { readonly dryRun: boolean; readonly terminal: Terminal; readonly signal?: AbortSignal },
): Promise<number> {
  const total = await countSessions(from);
  terminal.write(`${grouped(total)} sessions in ${from.name}${dryRun ? ", dry run" : ` move to ${to.name}`}\n`);
  const progress = progressOf(total, terminal);
  const onProgress = ({ found }: MigrationCounts) => progress.show(found);
  const counts = await migrateSessions({ from, to, dryRun, onProgress, ...(signal && { signal }) });
  progress.end();
  const isEmpty = (await from.scan(null, 1)).length === 0;
  terminal.write(reportOf(counts, { dryRun, isEmpty, from: from.name, terminal }));
  const isWrong = counts.lost + counts.duplicated > 0;
  if (signal?.aborted) terminal.write("Stopped. Run it again to go on.\n");
  return !isWrong && (dryRun || isEmpty) ? 0 : 1;
}

async function countSessions(store: ScannableStore): Promise<number> {
  let total = 0;
  for (let page = await store.scan(null, 1_000); page.length > 0; ) {
    total += page.length;
    page = await store.scan((page.at(-1) as StoredSession).id, 1_000);
  }
  return total;
}

interface Report {
  readonly dryRun: boolean;
  readonly isEmpty: boolean;
  readonly from: string;
  readonly terminal: Terminal;
}

function reportOf(counts: MigrationCounts, { dryRun, isEmpty, from, terminal }: Report): string {
  const { found, moved, ended, expired, left, duplicated, lost } = counts;
  const isWhole = lost + duplicated === 0 && found === moved + ended + expired + left;
  const sum = [
    `${grouped(found)} found = ${grouped(moved)} ${dryRun ? "to move" : "moved"}`,
    `${grouped(ended)} ended meanwhile`,
    `${grouped(expired)} expired`,
    `${grouped(left)} left`,
    `${grouped(duplicated)} duplicated`,
    `${grouped(lost)} lost`,
  ].join(" + ");
  const verdict = isWhole
    ? green("None lost, none duplicated.", terminal)
    : red("The count does not add up.", terminal);
  const rest = dryRun
    ? "Nothing was changed."
    : isEmpty
      ? `${from} is empty.`
      : `${from} still holds sessions: run it again.`;
  return `${sum}\n${verdict} ${rest}\n`;
}
