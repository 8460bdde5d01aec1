import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import type { Stream } from "./command.ts";

/** Asks a person at a terminal. */
export interface Asker {
  /** What was answered; `fallback` for an empty line or none. */
  ask(question: string, options?: AskOptions): Promise<string>;
  close(): void;
}

export interface AskOptions {
  /** Default: an empty text. */
  readonly fallback?: string;
  /** The answer is not shown while it is typed. */
  readonly isSecret?: boolean;
  /** What is wrong with an answer; `null` if nothing is. It is asked again until then. */
  readonly problem?: (answer: string) => string | null;
}

/** Where answers come from: a terminal. */
export interface Input extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
}

export function askOn(input: Input, out: Stream): Asker {
  let isMuted = false;
  const shown = new Writable({
    write(chunk, _encoding, done) {
      if (!isMuted) out.write(String(chunk));
      done();
    },
  });
  const lines = createInterface({ input, output: shown, terminal: input.isTTY === true, historySize: 0 });
  const answers = lines[Symbol.asyncIterator]();

  async function once(question: string, { fallback = "", isSecret = false }: AskOptions): Promise<string> {
    isMuted = isSecret;
    out.write(`${question}${fallback === "" || isSecret ? "" : ` [${fallback}]`}: `);
    const { value } = (await answers.next()) as { value?: string };
    isMuted = false;
    if (isSecret) out.write("\n");
    return value?.trim() || fallback;
  }

  return {
    async ask(question, options = {}) {
      for (let tries = 0; ; tries++) {
        const answer = await once(question, options);
        const problem = options.problem?.(answer) ?? null;
        if (problem === null || tries === triesAtMost) return answer;
        out.write(`  ${problem}\n`);
      }
    },
    close: () => lines.close(),
  };
}

/** An input that has ended answers nothing, for ever. */
const triesAtMost = 5;
