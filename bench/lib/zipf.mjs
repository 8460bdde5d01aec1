/**
 * Draws ranks from 1 to `amount` with probability proportional to rank^-exponent, without a table: rejection-inversion
 * (Hoermann and Derflinger 1996, "Rejection-inversion to generate variates from monotone discrete distributions").
 */
export function zipf({ amount, exponent, random }) {
  const integral = (x) => {
    const log = Math.log(x);
    return expm1Over((1 - exponent) * log) * log;
  };
  const inverse = (y) => Math.exp(log1pOver(Math.max(-1, y * (1 - exponent))) * y);
  const density = (x) => Math.exp(-exponent * Math.log(x));
  const first = integral(1.5) - 1;
  const last = integral(amount + 0.5);
  const sure = 2 - inverse(integral(2.5) - density(2));
  return () => {
    for (;;) {
      const y = last + random() * (first - last);
      const x = inverse(y);
      const rank = Math.min(amount, Math.max(1, Math.round(x)));
      if (rank - x <= sure || y >= integral(rank + 0.5) - density(rank)) return rank;
    }
  };
}

/** The share of all requests that the session of each rank makes is rank^-exponent over this. */
export function zipfSum(amount, exponent) {
  let sum = 0;
  // Exactly at first, then the integral with half-steps at its ends (Euler-Maclaurin): off by less than one in a million.
  const exact = Math.min(amount, 10_000);
  for (let rank = 1; rank <= exact; rank++) sum += rank ** -exponent;
  if (amount === exact) return sum;
  const primitive = (x) => (exponent === 1 ? Math.log(x) : x ** (1 - exponent) / (1 - exponent));
  return sum + primitive(amount + 0.5) - primitive(exact + 0.5);
}

/** A seeded source of numbers in [0, 1): mulberry32. Figures of a simulation can so be had again. */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function expm1Over(x) {
  return Math.abs(x) > 1e-8 ? Math.expm1(x) / x : 1 + x / 2;
}

function log1pOver(x) {
  return Math.abs(x) > 1e-8 ? Math.log1p(x) / x : 1 - x / 2;
}
