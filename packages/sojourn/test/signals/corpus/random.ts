/** The same numbers in every run: mulberry32. */
export function seeded(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number) => Math.floor(next() * bound);
  return { below, one: (choices) => choices[below(choices.length)]! };
}

export interface Random {
  /** A whole number from 0. */
  below(bound: number): number;
  one<T>(choices: readonly T[]): T;
}
