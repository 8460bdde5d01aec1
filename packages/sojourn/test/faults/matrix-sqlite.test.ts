import { sqliteProcesses } from "../support/servers/sqlite-processes.ts";
import { lasting } from "./fault.ts";
import { describeFaults, type Rig } from "./matrix.ts";

const beyondTheDeadline = 900;

/** A file that four processes have open; trouble comes to the first of them. */
async function fourProcesses(): Promise<Rig> {
  const deployment = await sqliteProcesses();
  const processes = await Promise.all([1, 2, 3, 4].map(() => deployment.connect()));
  const [first] = processes as [(typeof processes)[number]];
  return {
    connections: processes.map(({ store }) => store),
    faults: [
      { name: "kill -9 and restart", once: async () => first.kill() },
      lasting("slow beyond the deadline", beyondTheDeadline, { begin: first.pause, mend: first.resume }),
    ],
    async close() {
      for (const each of processes) await each.close();
      await deployment.close();
    },
  };
}

describeFaults("sqlite, 4 processes", ["kill -9 and restart", "slow beyond the deadline"], fourProcesses);
