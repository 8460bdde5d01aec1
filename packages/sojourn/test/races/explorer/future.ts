import type { Answer, Call } from "./calls.ts";
import type { Performance, Step } from "./script.ts";

/**
 * All that a program can still do, whatever it is answered, as a text; `null` where that cannot be listed. Programs which
 * have told the same and have the same future are one, however they came there: which sessions a login under a limit read
 * matters no more once it is known which ones it removes. Listed are programs that wait for one thing at a time of which
 * every answer is known: removals, and responses that arrive. The clock stands still meanwhile.
 */
export async function futureOf(
  live: Performance,
  playOn: (more: readonly Step[]) => Promise<Performance>,
): Promise<string | null> {
  const now = live.now();
  const toldBefore = live.facts().length;

  async function after(played: Performance, steps: readonly Step[], silences: number): Promise<string | null> {
    const told = JSON.stringify(played.facts().slice(toldBefore));
    if (played.isDone()) return `${told} done`;
    const [call, ...others] = played.waiting();
    if (call === undefined || others.length > 0) return null;
    const { ordinal: _ordinal, ...wish } = call;
    const futures: string[] = [];
    for (const answer of answersTo(call)) {
      if (answer === null && silences === silencesAtMost) continue;
      const more = [...steps, { answers: [{ call, answer }], now }];
      const future = await after(await playOn(more), more, silences + (answer === null ? 1 : 0));
      if (future === null) return null;
      futures.push(`${answer?.key}: ${future}`);
    }
    return futures.length === 0 ? null : `${told} ${JSON.stringify(wish)} (${futures.join(", ")})`;
  }

  return after(live, [], 0);
}

/** No schedule has more. */
const silencesAtMost = 1;

const yes: Answer = { key: "true", value: true };
const no: Answer = { key: "false", value: false };
const done: Answer = { key: "done", value: undefined };

/** Every answer there is to `call`; none where they cannot be listed. */
function answersTo({ verb }: Call): readonly (Answer | null)[] {
  if (verb === "remove") return [yes, no, null];
  return verb === "receive" ? [done] : [];
}
