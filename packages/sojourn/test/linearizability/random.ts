/** Random choices that the same seed makes again. Mulberry32: 32 bits of state are plenty for a test. */
export interface Choices {
  /** At least 0, less than 1. */
  share(): number;
  below(bound: number): number;
  one<T>(things: readonly T[]): T;
}

export function choices(seed: number): Choices {
  let state = seed >>> 0;
  const share = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number) => Math.floor(share() * bound);
  return { share, below, one: (things) => things[below(things.length)]! };
}
