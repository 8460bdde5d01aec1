/** A target, and what was measured: met only if the whole 95 % interval meets it. */
export const atMost = (what, limit, interval, unit = "x") => verdict(what, interval, { atMost: limit, unit });
export const atLeast = (what, limit, interval, unit = "x") => verdict(what, interval, { atLeast: limit, unit });

/** A count or a size, which has no spread. */
export const exactly = (value) => ({ value, low: value, high: value, rounds: 1 });

function verdict(what, { value, low, high, rounds }, { atMost, atLeast, unit }) {
  const met = atMost === undefined ? low >= atLeast : high <= atMost;
  const target = atMost === undefined ? { atLeast } : { atMost };
  return { what, ...target, unit, value, low, high: Number.isFinite(high) ? high : null, rounds, met };
}
