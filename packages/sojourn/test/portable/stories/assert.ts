/** Compares as JSON. `what` names the thing compared, so that the message reads as a sentence. */
export function is(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) throw new Error(`${what}: expected ${wanted}, got ${got}`);
}

/** The code that `act` rejects with, or `none`. */
export async function codeOf(act: Promise<unknown>): Promise<string> {
  try {
    await act;
    return "none";
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}
