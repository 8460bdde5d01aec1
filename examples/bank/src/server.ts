import { readFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import { createBank } from "./bank.ts";
import { openDatabase } from "./database.ts";
import { settingsFrom } from "./environment.ts";

const { port, databasePath, policy, origins, proxy, tls } = settingsFrom(process.env);
const db = await openDatabase(databasePath);
const log = (line: string) => void process.stdout.write(`${line}\n`);
const bank = createBank({ db, origins, policy, proxy, log });

// This machine only; `localhost` may mean either address.
const server = tls
  ? createHttps({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) }, bank.app)
  : createHttp(bank.app);
server.listen(port, "127.0.0.1", () => {
  console.log(`Sojourn Bank is open at ${tls ? "https" : "http"}://localhost:${port}`);
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
