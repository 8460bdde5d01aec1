import { type Actor, type Happening, type Scene, type Stage, stageOf } from "./actor.ts";

/** What the actors share. Plain data, never changed: a step makes another one. */
export interface Model<World, Wish, Message> {
  /** What the wish does, and what is answered; `messages` are on their way to each actor by its number. */
  perform(world: World, wish: Wish, actor: number): Performed<World, Message>;
  /** The actor tells something; `mail` has not reached it yet. A sentence if that breaks an invariant. */
  hear(world: World, fact: string, actor: number, mail: readonly Message[]): World | string;
  /** After every step. */
  judge(world: World): string | null;
  /** Where every actor is done; with messages still on their way nothing is over yet. */
  judgeEnd(world: World): Promise<string | null>;
  /** Its answer can be lost, and it may be performed long after it was sent, or never. */
  isWrite(wish: Wish): boolean;
  /** Whether the answer is a step of its own: where the asker shares memory with others. */
  readonly answersLater?: true;
}

export interface Performed<World, Message> {
  readonly world: World;
  readonly answer: unknown;
  readonly messages?: ReadonlyMap<number, readonly Message[]>;
  /** What was on its way to these actors is lost. */
  readonly cuts?: readonly number[];
}

export interface Search<World, Wish, Message> {
  readonly model: Model<World, Wish, Message>;
  readonly actors: readonly Actor<Wish, Message>[];
  readonly world: World;
  /** Answers lost and processes that die, at most. */
  readonly faults?: number;
}

export interface Findings {
  readonly states: number;
  readonly schedules: bigint;
  /** The first schedule that broke an invariant, step by step. */
  readonly bad: { readonly violated: string; readonly steps: readonly string[] } | null;
}

interface State<World, Wish, Message> {
  readonly world: World;
  readonly histories: readonly (readonly Happening<Message>[])[];
  readonly scenes: readonly Scene<Wish>[];
  readonly dead: readonly number[];
  /** Performed, and the answer is on its way: by `<actor>.<call>`. */
  readonly answers: { readonly [call: string]: unknown };
  readonly mail: readonly (readonly Message[])[];
  readonly strays: readonly { readonly wish: Wish; readonly actor: number }[];
  readonly faults: number;
}

/**
 * Every order of the actors' steps, of the messages' arrivals and, as far as `faults` allows, of what can be lost: depth
 * first, each state once. Two schedules that lead to the same state go on alike, so none is left out by that.
 */
export async function explore<World, Wish, Message>(search: Search<World, Wish, Message>): Promise<Findings> {
  const { model, actors } = search;
  const stages: Stage<Wish, Message>[] = actors.map(stageOf);
  const counted = new Map<string, bigint>();
  const path: string[] = [];
  let bad: Findings["bad"] = null;
  type Here = State<World, Wish, Message>;

  async function visit(state: Here): Promise<bigint> {
    const key = keyOf(state);
    const known = counted.get(key);
    if (known !== undefined) return known;
    let schedules = 0n;
    if (state.scenes.every((scene, at) => isOver(scene, at, state)) && state.mail.every(({ length }) => length === 0)) {
      schedules = 1n;
      report(await model.judgeEnd(state.world));
    }
    for (const { name, next } of movesOf(state)) {
      if (bad !== null) break;
      path.push(name);
      const reached = await next();
      if (typeof reached === "string") report(reached);
      else schedules += await visit(reached);
      path.pop();
    }
    counted.set(key, schedules);
    return schedules;
  }

  function report(violated: string | null): void {
    if (violated !== null) bad ??= { violated, steps: [...path] };
  }

  /** The state after something happened to an actor, or what that broke. */
  async function happen(state: Here, actor: number, happening: Happening<Message>): Promise<Here | string> {
    const history = [...(state.histories[actor] ?? []), happening];
    const scene = await (stages[actor] as Stage<Wish, Message>).scene(history);
    let world = state.world;
    for (const fact of scene.facts) {
      const heard = model.hear(world, fact, actor, state.mail[actor] ?? []);
      if (typeof heard === "string") return heard;
      world = heard;
    }
    return {
      ...state,
      world,
      histories: state.histories.with(actor, history),
      scenes: state.scenes.with(actor, scene),
    };
  }

  function performed(state: Here, wish: Wish, actor: number): { state: Here; answer: unknown; broken: string | null } {
    const { world, answer, messages, cuts } = model.perform(state.world, wish, actor);
    const mail = state.mail.map((queue, to) => [...(cuts?.includes(to) ? [] : queue), ...(messages?.get(to) ?? [])]);
    return { state: { ...state, world, mail }, answer, broken: model.judge(world) };
  }

  function* movesOf(state: Here): Generator<{ name: string; next: () => Promise<Here | string> }> {
    for (const [actor, scene] of state.scenes.entries()) {
      if (state.dead.includes(actor)) continue;
      const { name, isMortal } = actors[actor] as Actor<Wish, Message>;
      for (const { call, wish } of scene.waiting) {
        const key = `${actor}.${call}`;
        const said = `${name}: ${JSON.stringify(wish)}`;
        if (Object.hasOwn(state.answers, key)) {
          const { [key]: answer, ...answers } = state.answers;
          yield { name: `${said} answered`, next: () => happen({ ...state, answers }, actor, { call, answer }) };
          continue;
        }
        yield {
          name: said,
          async next() {
            const { state: after, answer, broken } = performed(state, wish, actor);
            if (broken !== null) return broken;
            if (model.answersLater) return { ...after, answers: { ...after.answers, [key]: answer } };
            return happen(after, actor, { call, answer });
          },
        };
        if (state.faults === 0) continue;
        const strays = model.isWrite(wish) ? [...state.strays, { wish, actor }] : state.strays;
        const faulty = { ...state, strays, faults: state.faults - 1 };
        if (model.isWrite(wish)) {
          yield { name: `${said} LOST`, next: () => happen(faulty, actor, { call, lost: true }) };
        }
        if (isMortal) {
          yield { name: `${said} DIES`, next: async () => ({ ...faulty, dead: [...state.dead, actor] }) };
        }
      }
      for (const [at, message] of (state.mail[actor] ?? []).entries()) {
        const mail = state.mail.with(actor, (state.mail[actor] ?? []).toSpliced(at, 1));
        const name = `${actors[actor]?.name} hears ${JSON.stringify(message)}`;
        yield { name, next: () => happen({ ...state, mail }, actor, { message }) };
      }
    }
    for (const [at, { wish, actor }] of state.strays.entries()) {
      yield {
        name: `${actors[actor]?.name}, late: ${JSON.stringify(wish)}`,
        async next() {
          const { state: after, broken } = performed(state, wish, actor);
          return broken ?? { ...after, strays: state.strays.toSpliced(at, 1) };
        },
      };
    }
  }

  const scenes = await Promise.all(stages.map((stage) => stage.scene([])));
  const none = actors.map(() => []);
  const start = { world: search.world, scenes, histories: none, dead: [], answers: {}, mail: none, strays: [] };
  const schedules = await visit({ ...start, faults: search.faults ?? 0 });
  return { states: counted.size, schedules, bad };
}

function isOver<World, Wish, Message>(scene: Scene<Wish>, at: number, state: State<World, Wish, Message>): boolean {
  return state.dead.includes(at) || (scene.isDone && scene.waiting.length === 0);
}

const shortNames = new Map<string, number>();

/** A number for a long text: states are kept by the million. */
function short(text: string): number {
  const known = shortNames.get(text) ?? shortNames.size;
  shortNames.set(text, known);
  return known;
}

function keyOf<World, Wish, Message>(state: State<World, Wish, Message>): string {
  const { world, scenes, dead, answers, mail, strays, faults } = state;
  const actors = scenes.map(({ history }, at) => (dead.includes(at) ? "dead" : short(history)));
  const parts = [world, answers, mail, strays].map((part) => short(JSON.stringify(part)));
  return [...actors, ...parts, faults].join("|");
}
