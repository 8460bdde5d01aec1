/**
 * The body of a row that remembers a used logout token. No codec and no release of the engine writes it for a session: to
 * whoever opens the row it is nobody's, and unreadable.
 */
export const usedTokenBody = "~sojourn:logout-token~";

/** How the body of a row begins that remembers of an earlier session that it was moved in; likewise. */
export const movedMark = "~sojourn:moved~";
