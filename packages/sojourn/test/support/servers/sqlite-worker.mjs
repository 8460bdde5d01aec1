// One process of an application on a SQLite file: does what its parent asks of the store, and answers.
import Libsql from "libsql";
import { sqliteStore } from "../../../dist/stores/sqlite.js";

const db = new Libsql(process.argv[2]);
const store = sqliteStore(db);

process.on("message", async ({ number, verb, given }) => {
  try {
    process.send({ number, answer: await store[verb](...given) });
  } catch (error) {
    process.send({ number, failure: { code: error.code, message: error.message } });
  }
});
process.once("disconnect", () => process.exit());
