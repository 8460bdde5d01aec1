import { systemClock } from "../core/clock.ts";
import { SojournError } from "../core/errors.ts";
import { randomText, systemRandom } from "../core/random.ts";
import { channel, type Line } from "./postgres-lines.ts";

/** What is called when a probe comes back. */
export type Probes = Map<string, () => void>;

const triggers = ["updated", "removed", "truncated"].map((event) => `'${channel}_${event}'`);

/** Announces something exactly where the triggers that announce changes are there and at work. */
const text =
  `SELECT pg_notify('${channel}', $1) AS id FROM pg_trigger WHERE tgrelid = to_regclass('${channel}')` +
  ` AND tgname IN (${triggers.join(", ")}) AND tgenabled IN ('O', 'A')`;

/** Resolves when what was announced came back over `line`; rejects if the triggers are missing, or nothing came. */
export async function probe(
  line: Line,
  { probes, within }: { readonly probes: Probes; readonly within: number },
): Promise<void> {
  const name = `probe ${randomText(systemRandom, 9)}`;
  const cameBack = new Promise<void>((resolve) => probes.set(name, resolve));
  try {
    await answerIn(within, Promise.all([sent(line, name), cameBack]));
  } finally {
    probes.delete(name);
  }
}

async function sent(line: Line, name: string): Promise<void> {
  const { rows } = await line.ask("probe", text, [name]);
  if (rows.length === triggers.length) return;
  throw new SojournError(
    "ERR_STORE_SCHEMA",
    `Nothing announces changes of the table ${channel}: its triggers are missing from this PostgreSQL database, or disabled. ` +
      "Run what `npx sojourn schema postgres --watch` prints; running it again does no harm.",
  );
}

/** The answer of `question`, or `ERR_STORE_UNAVAILABLE` after `limit` milliseconds. */
export async function answerIn<Answer>(limit: number, question: Promise<Answer>): Promise<Answer> {
  let callOff = () => {};
  const late = new Promise<never>((_, reject) => {
    callOff = systemClock.after(limit, () =>
      reject(
        new SojournError(
          "ERR_STORE_UNAVAILABLE",
          `The postgres store heard nothing on its listening connection for ${limit} ms. ` +
            "Connect `listen` to the primary, and not through a pooler that hands out connections by the transaction.",
        ),
      ),
    );
  });
  try {
    return await Promise.race([question, late]);
  } finally {
    callOff();
  }
}
