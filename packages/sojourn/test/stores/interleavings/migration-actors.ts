import type { SessionStore, StoredSession } from "../../../src/core/store.ts";
import { moveSession } from "../../../src/stores/migrating/move.ts";
import { migrating } from "../../../src/stores/migrating.ts";
import { testClock } from "../../../src/testing/index.ts";
import type { Actor, Line } from "./actor.ts";
import { id, placeOn, type Verb } from "./migration-model.ts";

export type MigrationActor = Actor<Verb, never>;
type MigrationLine = Line<Verb, never>;

/** How a process of the fleet builds its store; weakened ones show what the search finds. */
export type Build = (line: MigrationLine, phase: "prepare" | "move") => SessionStore;

export const asPublished: Build = (line, phase) =>
  migrating({ from: placeOn(line, "from"), to: placeOn(line, "to"), phase, clock: testClock(0) });

export function migrationActors(build: Build = asPublished) {
  const actor = (
    name: string,
    phase: "prepare" | "move",
    run: (store: SessionStore, line: MigrationLine) => Promise<void>,
  ) => ({
    name,
    async run(line: MigrationLine) {
      await line.ask({ verb: "begin" });
      await run(build(line, phase), line);
    },
  });
  const reader: MigrationActor = actor("reader", "move", look);
  return {
    reader,
    /** Finds, and with that moves, in a process that may die. */
    mortal: { ...reader, name: "mortal reader", isMortal: true } satisfies MigrationActor,
    writer: actor("writer a", "move", (store, line) => write("a", store, line)),
    secondWriter: actor("writer b", "move", (store, line) => write("b", store, line)),
    remover: actor("remover", "move", remove),
    everywhere: actor("log out everywhere", "move", logOutEverywhere),
    /** The command, which may be stopped at any time. */
    mover: {
      name: "mover",
      isMortal: true,
      async run(line: MigrationLine) {
        const places = { from: placeOn(line, "from"), to: placeOn(line, "to"), indexUntil: 0 };
        await moveSession(id, places).catch(() => {});
      },
    } satisfies MigrationActor,
    preparedReader: actor("prepared reader", "prepare", look),
    preparedWriter: actor("prepared writer c", "prepare", (store, line) => write("c", store, line)),
    preparedRemover: actor("prepared remover", "prepare", remove),
  };
}

async function look(store: SessionStore, line: MigrationLine): Promise<void> {
  await seen(store, line).catch(() => {});
}

async function seen(store: SessionStore, { tell }: MigrationLine): Promise<StoredSession | null> {
  tell("begins");
  const row = await store.find(id, { fresh: true });
  tell(row === null ? "missed" : `saw ${row.body}`);
  return row;
}

/** As the engine writes: after a refusal or silence it looks whether its mark is there, and sends the same bytes again where nothing moved. */
async function write(mark: string, store: SessionStore, line: MigrationLine): Promise<void> {
  try {
    let row = await seen(store, line);
    for (let rounds = 0; rounds < 3 && row !== null; rounds++) {
      const { id, version, expiresAt, body }: StoredSession = row;
      const next = { id, version: version + 1, expiresAt, body: body + mark };
      line.tell("begins");
      const answer = await store.update(next).catch(() => "silence" as const);
      if (answer === true) return line.tell(`wrote ${mark}`);
      const latest = await seen(store, line);
      if (latest?.body.includes(mark)) return line.tell(`wrote ${mark}`);
      row = latest;
    }
  } catch {
    // The outcome is unknown, and so the engine says.
  }
}

async function remove(store: SessionStore, { tell }: MigrationLine): Promise<void> {
  tell("removes");
  for (let sends = 0; sends < 2; sends++) {
    try {
      await store.remove(id);
      return tell("removed");
    } catch {
      // Removing twice does no harm.
    }
  }
}

async function logOutEverywhere(store: SessionStore, line: MigrationLine): Promise<void> {
  line.tell("begins");
  const ids = await store.idsOf({ userId: "alice" });
  if (ids.length === 0) return line.tell("missed");
  await remove(store, line);
}
