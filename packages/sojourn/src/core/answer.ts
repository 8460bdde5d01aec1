/** What may be known at once, or has to be waited for. */
export type Answer<T> = T | Promise<T>;

export function isAwaited<T>(answer: Answer<T>): answer is Promise<T> {
  return typeof (answer as { then?: unknown } | null | undefined)?.then === "function";
}
