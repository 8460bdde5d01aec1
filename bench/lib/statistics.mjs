/*
 * Intervals of what was measured in rounds. Every contestant runs in every round, so that what disturbs the machine
 * disturbs all of them, and differences are taken within a round.
 */

/** Mean and 95 % confidence interval of the mean (Student's t) of `samples`, at least two. */
export function meanInterval(samples) {
  const { mean, variance } = moments(samples);
  const half = studentT95(samples.length - 1) * Math.sqrt(variance / samples.length);
  return { value: mean, low: mean - half, high: mean + half, rounds: samples.length };
}

/** The same of `numerators[i] - denominators[i]`. */
export function differenceInterval(left, right) {
  return meanInterval(left.map((value, round) => value - right[round]));
}

/**
 * Ratio of the means of two paired samples, and its 95 % interval by Fieller's theorem: those ratios r for which the
 * interval of the paired differences `numerator - r x denominator` holds 0. So "the high end is at most r" is the same as
 * "the paired differences from r times the denominator are below 0 at 95 %". `high` is infinite where the denominator is
 * not told from 0.
 */
export function ratioInterval(numerators, denominators) {
  const rounds = numerators.length;
  const a = moments(numerators);
  const b = moments(denominators);
  const covariance =
    numerators.reduce((sum, value, round) => sum + (value - a.mean) * (denominators[round] - b.mean), 0) / (rounds - 1);
  const factor = studentT95(rounds - 1) ** 2 / rounds;
  const square = b.mean ** 2 - factor * b.variance;
  const value = a.mean / b.mean;
  if (square <= 0 || b.mean <= 0) return { value, low: 0, high: Number.POSITIVE_INFINITY, rounds };
  const middle = a.mean * b.mean - factor * covariance;
  const rest = a.mean ** 2 - factor * a.variance;
  const half = Math.sqrt(Math.max(0, middle ** 2 - square * rest));
  return { value, low: (middle - half) / square, high: (middle + half) / square, rounds };
}

/** The value below which `share` (0 to 1) of `samples` lie. */
export function percentile(samples, share) {
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Two-sided 95 % quantile of Student's t (tables; NIST/SEMATECH e-Handbook 1.3.6.7.2), rounded up between entries. */
export function studentT95(freedom) {
  if (freedom < 1) throw new RangeError("an interval needs at least two rounds");
  const exact = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
    2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
  ];
  if (freedom <= exact.length) return exact[freedom - 1];
  return freedom < 60 ? 2.042 : freedom < 120 ? 2 : 1.98;
}

function moments(samples) {
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  const variance = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (samples.length - 1);
  return { mean, variance };
}
