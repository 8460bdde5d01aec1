import type { SessionRecord } from "../../src/core/record.ts";
import type { Weighing } from "../../src/core/signals.ts";
import { createSignalWatch } from "../../src/signals/watch.ts";
import { recordWith } from "../support/records.ts";
import type { Half, Sighting, Story } from "./corpus/sighting.ts";

export interface Tally {
  readonly kind: string;
  readonly stories: number;
  /** Stories in which something changed. */
  readonly seen: number;
  /** Stories in which the session was locked or ended. */
  readonly stopped: number;
}

const watch = createSignalWatch({}, () => {});

/** The worst that the default weights make of a story: `judged`, of every request after the login or of the last. */
export function verdictOn(story: Story, judged: "every" | "last"): Weighing["verdict"] {
  const [login, ...later] = story.sightings;
  let record: SessionRecord = recordWith({ signals: clientIn(login).signals });
  let worst: Weighing["verdict"] = "same";
  for (const [index, sighting] of later.entries()) {
    const { verdict, remembered } = clientIn(sighting).weigh(record, 0);
    if (verdict === "lock" || verdict === "end") return verdict;
    if (judged === "every" || index === later.length - 1) worst = verdict === "same" ? worst : verdict;
    record = { ...record, signals: remembered };
  }
  return worst;
}

export function tallies(stories: Half["ordinary"], judged: "every" | "last"): readonly Tally[] {
  const kinds = [...new Set(stories.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const verdicts = stories.filter((story) => story.kind === kind).map((story) => verdictOn(story, judged));
    const stopped = verdicts.filter((verdict) => verdict === "lock" || verdict === "end").length;
    return { kind, stories: verdicts.length, seen: verdicts.filter((verdict) => verdict !== "same").length, stopped };
  });
}

export function sum(lines: readonly Tally[], key: "stories" | "seen" | "stopped"): number {
  return lines.reduce((total, line) => total + line[key], 0);
}

/** As a table in Markdown. */
export function table(lines: readonly Tally[]): string {
  const rows = lines.map(({ kind, stories, seen, stopped }) => {
    const share = `${((100 * stopped) / stories).toFixed(1)} %`;
    return `| ${kind} | ${stories} | ${seen} | ${stopped} | ${share} |`;
  });
  return ["| Kind | Stories | Change reported | Locked or ended | Share |", "|---|---|---|---|---|", ...rows].join(
    "\n",
  );
}

function clientIn({ headers, address }: Sighting) {
  return watch.of({
    method: "GET",
    url: "https://shop.example/",
    secure: true,
    header: (name) => headers[name] ?? null,
    address: () => address,
  });
}
