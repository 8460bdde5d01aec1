import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isObject } from "../core/json.ts";
import { insteadOf } from "../core/option-names.ts";
import type { ScannableStore, SessionStore, StoredSession } from "../core/store.ts";
import { type MigrationCounts, migrateSessions } from "./migrate-sessions.ts";
import { progressOf } from "./progress.ts";
import { green, grouped, red, type Terminal } from "./terminal.ts";
import { type UpgradeConfig, upgradeProgress } from "./upgrade-progress.ts";

export const migrateUsage = `sojourn migrate CONFIG [--dry-run]

Moves every session that is still in one store to the other, while the application runs on migrating({ from, to }).
CONFIG is a module of yours that exports the two stores as \`from\` and \`to\`, and \`close\` if something must be closed.
Stop it whenever you like: the next run goes on from there. --dry-run counts, and changes nothing.

sojourn migrate CONFIG [--watch]

Where CONFIG exports \`upgrade\`, what liveUpgrade(...) returned, and the \`store\` of the manager instead: says how many sessions
of other libraries have moved, how many are left, and until when. They move when their users come back, so that this changes
nothing. --watch looks every ten seconds until none is left.

Exit code: 0 nothing is left, 1 something is, or it failed, 2 the command or CONFIG is wrong.
`;

/** Milliseconds. */
const longestClose = 5_000;

interface Closing {
  readonly close?: () => unknown;
}
interface Config {
  readonly from: ScannableStore;
  readonly to: SessionStore;
}
const flags: readonly string[] = ["--dry-run", "--watch"];

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
  const [dryRun, watch] = flags.map((flag) => parameters.includes(flag)) as [boolean, boolean];
  const [file, ...others] = parameters.filter((parameter) => !flags.includes(parameter));
  const unknown = [file, ...others].find((parameter) => parameter?.startsWith("-"));
  if (file === undefined || unknown !== undefined || others.length > 0) {
    const problem = unknown
      ? `${unknown} is no option: ${insteadOf(unknown, flags)}`
      : `${file === undefined ? "CONFIG is missing" : "One CONFIG, and no other"}: write the path of a module of yours`;
    errors.write(`${red(problem, errors)}\n${migrateUsage}`);
    return 2;
  }
  const config = await load(file);
  if (typeof config === "string") {
    errors.write(`${red(config, errors)}\n`);
    return 2;
  }
  const stopping = signal ? { signal } : {};
  try {
    if ("upgrade" in config) return await upgradeProgress(config, { terminal, watch, ...stopping });
    return await run(config, { dryRun, terminal, ...stopping });
  } finally {
    await closed(config, errors);
  }
}

/** What cannot be closed hides no failure before it, and holds nothing up. */
async function closed({ close }: Closing, errors: Terminal): Promise<void> {
  const late = new Promise((_, reject) => setTimeout(reject, longestClose, new Error("it took too long")).unref());
  try {
    await Promise.race([close?.(), late]);
  } catch (error) {
    errors.write(`close failed: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

async function load(file: string): Promise<((Config | UpgradeConfig) & Closing) | string> {
  const path = isAbsolute(file) ? file : resolve(file);
  const loaded: unknown = await import(pathToFileURL(path).href);
  const { from, to, upgrade, store, close } = loaded as { readonly [name: string]: unknown };
  const closing = typeof close === "function" ? { close } : {};
  if (isObject(upgrade) && Array.isArray(upgrade.sources)) {
    if (isStore(store)) return { upgrade, store, ...closing } as unknown as UpgradeConfig & Closing;
    return `${file} exports \`upgrade\`: it must export the manager's store too, as \`export const store = ...\``;
  }
  if (!isStore(from) || !isStore(to))
    return `${file} must export two stores: \`export const from = ...\` and \`export const to = ...\`; or, for a live upgrade, \`upgrade\` and \`store\``;
  if (typeof from.scan !== "function") return `${file}: the store \`from\` cannot be paged through (it has no scan)`;
  return { from, to, ...closing } as unknown as Config & Closing;
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
