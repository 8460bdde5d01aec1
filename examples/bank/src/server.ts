import { createBank } from "./bank.ts";
import { openDatabase } from "./database.ts";
import { settingsFrom } from "./environment.ts";

const { port, databasePath, policy, origins, proxy } = settingsFrom(process.env);
const db = await openDatabase(databasePath);
const log = (line: string) => void process.stdout.write(`${line}\n`);
const bank = createBank({ db, origins, policy, proxy, log });

// This machine only; `localhost` may mean either address.
const server = bank.app.listen(port, "127.0.0.1", (error?: Error) => {
  if (error) throw error;
  console.log(`Sojourn Bank is open at http://localhost:${port}`);
  console.log(
    'To log in, open an account first ("Open an account"); a second one in a private window has somebody to send money to.',
  );
  console.log(`Its data is in ${databasePath}. Ctrl+C closes it.`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, close);

/** Answers the requests that are being worked on, then lets go of the file. */
function close(): void {
  bank.close();
  server.close(() => db.close());
  server.closeIdleConnections();
}
