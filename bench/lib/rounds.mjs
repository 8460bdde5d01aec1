/**
 * Runs every contestant in every round, in an order that is turned round by round, and collects what each run returns:
 * `{ [name]: samples }`. What disturbs the machine for a while so disturbs all of them alike.
 */
export async function alternate(names, { rounds, run, onRound = () => {} }) {
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of turned(names, round)) samples[name].push(await run(name, round));
    onRound(round + 1, rounds);
  }
  return samples;
}

/** Forwards and backwards in turn, each time beginning one further on. */
export function turned(names, round) {
  const start = Math.floor(round / 2) % names.length;
  const order = [...names.slice(start), ...names.slice(0, start)];
  return round % 2 === 0 ? order : order.reverse();
}
