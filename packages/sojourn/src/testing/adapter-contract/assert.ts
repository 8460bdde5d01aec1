/** What a check throws when an adapter breaks a promise. */
export class AdapterContractError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AdapterContractError";
  }
}

/** Compares as JSON. `what` names the thing compared, so that the message reads as a sentence. */
export function assertIs(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  assertHolds(got === wanted, `${what}: expected ${wanted}, got ${got}`);
}

export function assertHolds(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new AdapterContractError(otherwise);
}
