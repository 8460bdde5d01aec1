import { setTimeout } from "node:timers/promises";
import type { SessionStore } from "../core/store.ts";
import { walkOf } from "../core/walk.ts";
import type { Left, UpgradeSource } from "../upgrade/earlier.ts";
import type { Upgrade } from "../upgrade/live-upgrade.ts";
import { markIn } from "../upgrade/mark.ts";
import { green, grouped, type Terminal } from "./terminal.ts";

export interface UpgradeConfig {
  readonly upgrade: Upgrade;
  /** Where the moved sessions are. */
  readonly store: SessionStore;
}

interface Watching {
  readonly terminal: Terminal;
  /** Looks again and again, until nothing is left. */
  readonly watch: boolean;
  readonly signal?: AbortSignal;
  /** Milliseconds between two looks. */
  readonly every?: number;
}

const pageSize = 1_000;

/**
 * How far a live upgrade has come: what has moved, what is left, until when. Changes nothing: a session moves when its user
 * comes back, who alone can be handed a cookie. Resolves to the exit code: 0 if nothing is left that can be counted, else 1.
 */
export async function upgradeProgress({ upgrade, store }: UpgradeConfig, watching: Watching): Promise<number> {
  const { terminal, watch, signal, every = 10_000 } = watching;
  for (let before = ""; ; ) {
    const { text, left } = await look({ upgrade, store }, terminal);
    if (text !== before) terminal.write(text);
    before = text;
    if (left === 0) return 0;
    if (!watch || signal?.aborted) return 1;
    await setTimeout(every, null, signal ? { signal } : {}).catch(() => {});
    if (signal?.aborted) return 1;
  }
}

async function look(
  { upgrade, store }: UpgradeConfig,
  terminal: Terminal,
): Promise<{ readonly text: string; readonly left: number }> {
  const counting = countingOn(terminal);
  // What is left first: a session that moves meanwhile is counted in both, rather than in neither.
  const left = new Map<UpgradeSource, Left | undefined>();
  for (const source of upgrade.sources) left.set(source, await source.left?.(counting.show));
  const moved = await movedBySource(store, counting.show);
  const lines = [...left].map(([source, still]) => lineOf(source, moved.get(source.name) ?? 0, still));
  const total = [...left.values()].reduce((sum, still) => sum + (still?.count ?? 0), 0);
  counting.end();
  const end = `No earlier session is moved after ${dayOf(upgrade.until.getTime())}.`;
  const verdict = total === 0 ? green("Nothing is left that can be counted.", terminal) : `${grouped(total)} left.`;
  return { text: `${lines.join("\n")}\n${verdict} ${end}\n`, left: total };
}

function lineOf({ name }: UpgradeSource, moved: number, left: Left | undefined): string {
  const soFar = `${name}: ${grouped(moved)} moved`;
  if (!left) return `${soFar}; what is left cannot be counted, the cookie is all there is`;
  if (left.count === 0) return `${soFar}, none left`;
  const share = Math.floor((moved / (moved + left.count)) * 100);
  const until =
    left.until === null ? "some never end by themselves" : `the last ends by ${timeOf(left.until)} unless it is used`;
  return `${soFar} (${share} %), ${grouped(left.count)} left; ${until}`;
}

/** Counted in the store itself: the marks are there for as long as an earlier session could come again. */
async function movedBySource(
  store: SessionStore,
  onProgress: (counted: number) => void,
): Promise<ReadonlyMap<string, number>> {
  const walk = walkOf(store);
  if (!walk) throw new TypeError(`The ${store.name} store cannot be walked through (it has neither scan nor walk)`);
  const moved = new Map<string, number>();
  const seen = new Set<string>();
  for (let from: string | null = null; ; ) {
    const { rows, next } = await walk(from, pageSize);
    for (const { id, body } of rows) {
      const mark = seen.has(id) ? null : markIn(body);
      if (!mark) continue;
      seen.add(id);
      moved.set(mark.source, (moved.get(mark.source) ?? 0) + 1);
    }
    onProgress(seen.size);
    if (next === null) return moved;
    from = next;
  }
}

/** A number that grows where a person looks; elsewhere nothing. */
function countingOn(terminal: Terminal) {
  return {
    show: (counted: number) => {
      if (terminal.isInteractive) terminal.write(`\rCounting: ${grouped(counted)}\u001b[K`);
    },
    end: () => {
      if (terminal.isInteractive) terminal.write("\r\u001b[K");
    },
  };
}

function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
