// One of several processes on one SQLite file. Prints "ready", waits for a line, does its task, prints what came of it.

import { once } from "node:events";
import { createRequire } from "node:module";
import { sqliteStore } from "../../dist/stores/sqlite.js";

const { binding, file, task, ...options } = JSON.parse(process.argv[2]);
const require = createRequire(import.meta.url);
const connect = {
  libsql: () => new (require("libsql"))(file),
  "node:sqlite": () => new (require("node:sqlite").DatabaseSync)(file),
};

const tasks = {
  /** Creates the table at the same time as everybody else. */
  async create() {
    return { inserted: await open().insert(aRow(options.id), { indexUntil: 0 }) };
  },

  /** Counts one row up, `times` times. */
  async increment() {
    const store = open();
    let conflicts = 0;
    for (let done = 0; done < options.times; ) {
      const row = await store.find(options.id, { fresh: true });
      await othersTurn();
      if (await store.update({ ...row, version: row.version + 1, body: `${Number(row.body) + 1}` })) done++;
      else conflicts++;
    }
    return { conflicts };
  },

  /** Tries to insert every id, as its own. */
  async insert() {
    const store = open();
    const inserted = [];
    for (const id of options.ids) {
      if (await store.insert({ ...aRow(id), userId: options.name }, { indexUntil: 0 })) inserted.push(id);
    }
    return { inserted };
  },

  /** Writes to one row after the other, to each until it is gone. */
  async write() {
    const store = open();
    let written = 0;
    for (const id of options.ids) {
      for (let row = await store.find(id); row; row = await store.find(id, { fresh: true })) {
        if (row.version > 1_000) throw new Error(`${id} is still there, though it was removed`);
        if (await store.update({ ...row, version: row.version + 1 })) written++;
        await othersTurn();
      }
    }
    return { written };
  },

  /** Removes each row, when it has been written to a few times. */
  async remove() {
    const store = open();
    let removed = 0;
    for (const id of options.ids) {
      for (let turns = 0; turns < 3; turns++) await othersTurn();
      if (await store.remove(id)) removed++;
    }
    return { removed };
  },

  /** Extends expired rows. */
  async extend() {
    const store = open();
    const extended = [];
    for (const id of options.ids) {
      if (await store.update({ ...aRow(id), version: 2, expiresAt: options.expiresAt })) extended.push(id);
      await othersTurn();
    }
    return { extended };
  },

  /** Sweeps, a few rows at a time, until nothing is left to remove. */
  async sweep() {
    const store = open();
    let removed = 0;
    for (let count = -1; count !== 0; ) {
      count = await store.removeExpired(options.before, 5);
      removed += count;
      await othersTurn();
    }
    return { removed };
  },
};

function open() {
  return sqliteStore(connect[binding](), { createTable: true });
}

/** SQLite answers at once; without a pause each process would be done before the next is scheduled. */
function othersTurn() {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

function aRow(id) {
  return { id, version: 1, userId: null, ref: null, expiresAt: 1e15, body: "0" };
}

process.stdout.write("ready\n");
await once(process.stdin, "data");
process.stdout.write(JSON.stringify(await tasks[task]()));
process.stdin.destroy();
