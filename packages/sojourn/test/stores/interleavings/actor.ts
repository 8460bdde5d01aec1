/*
 * What takes part in a search: a piece of a process, deterministic, so that where it stands follows from what happened to
 * it: the answers it got and the messages that reached it. The real code needs to run one history once, however many
 * schedules lead through it.
 */

/** What an actor does in the world, and hears from it. */
export interface Line<Wish, Message> {
  /** One step of a schedule. Rejects where the answer is lost. */
  ask(wish: Wish): Promise<unknown>;
  tell(fact: string): void;
  /** Whom messages of the world reach; one at a time. */
  hear(listener: (message: Message) => void): void;
}

export interface Actor<Wish, Message> {
  readonly name: string;
  /** Its process may die at any of its steps. */
  readonly isMortal?: true;
  run(line: Line<Wish, Message>): Promise<void>;
}

/** What happens to an actor. */
export type Happening<Message> =
  | { readonly call: number; readonly answer: unknown }
  | { readonly call: number; readonly lost: true }
  | { readonly message: Message };

/** Where an actor stands after one history. */
export interface Scene<Wish> {
  readonly history: string;
  readonly waiting: readonly { readonly call: number; readonly wish: Wish }[];
  /** What it told in answer to what happened last. */
  readonly facts: readonly string[];
  readonly isDone: boolean;
}

export interface Stage<Wish, Message> {
  scene(history: readonly Happening<Message>[]): Promise<Scene<Wish>>;
}

export function stageOf<Wish, Message>(actor: Actor<Wish, Message>): Stage<Wish, Message> {
  const scenes = new Map<string, Promise<Scene<Wish>>>();
  return {
    scene(history) {
      const key = JSON.stringify(history);
      const known = scenes.get(key) ?? play(actor, history, key);
      scenes.set(key, known);
      return known;
    },
  };
}

async function play<Wish, Message>(
  actor: Actor<Wish, Message>,
  history: readonly Happening<Message>[],
  key: string,
): Promise<Scene<Wish>> {
  interface Open {
    readonly wish: Wish;
    readonly resolve: (answer: unknown) => void;
    readonly reject: (error: Error) => void;
  }
  const open = new Map<number, Open>();
  let facts: string[] = [];
  let asked = 0;
  let isDone = false;
  let crash: unknown = null;
  let listener: ((message: Message) => void) | null = null;
  const line: Line<Wish, Message> = {
    ask: (wish) => new Promise((resolve, reject) => open.set(asked++, { wish, resolve, reject })),
    tell: (fact) => facts.push(fact),
    hear: (heard) => {
      listener = heard;
    },
  };
  actor.run(line).then(
    () => {
      isDone = true;
    },
    (error: unknown) => {
      crash = error;
    },
  );
  await untilItWaits();
  for (const happening of history) {
    facts = [];
    if ("message" in happening) (listener as ((message: Message) => void) | null)?.(happening.message);
    else {
      const call = open.get(happening.call) as Open;
      open.delete(happening.call);
      if ("lost" in happening) call.reject(new Error("no answer"));
      else call.resolve(happening.answer);
    }
    await untilItWaits();
  }
  if (crash !== null) throw crash;
  const waiting = [...open].map(([call, { wish }]) => ({ call, wish }));
  // What is done and hears nothing more can make no difference.
  const isGone = isDone && waiting.length === 0 && listener === null;
  return { history: isGone ? "done" : key, waiting, facts, isDone };
}

/** By the next turn of the event loop all that can run without an answer has run. */
function untilItWaits(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
