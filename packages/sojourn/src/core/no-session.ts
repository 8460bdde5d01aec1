/**
 * The body of a row that remembers a used logout token. No codec and no release of the engine writes it for a session: to
 * whoever opens the row it is nobody's, and unreadable.
 */
export const usedTokenBody = "~sojourn:logout-token~";
