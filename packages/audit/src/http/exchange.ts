/** Header lines as they came: their order, their case, and each line of its own. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** One request and what came back, fit to be shown: every secret is replaced before it is kept. */
export interface Exchange {
  /** `e1`, `e2`, ... in the order of sending. */
  readonly id: string;
  /** Who sent it: `alice`, `nobody`, `a copy of alice's cookies`. */
  readonly by: string;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: HeaderLines;
    readonly body: string;
  };
  readonly response: {
    readonly status: number;
    readonly headers: HeaderLines;
    /** Its beginning. */
    readonly body: string;
  } | null;
  /** Why nothing came back; `null` if something did. */
  readonly failure: string | null;
  /** Milliseconds from the start of the audit to the sending. */
  readonly at: number;
  /** Milliseconds to the last byte. */
  readonly took: number;
}

/** What a check looks at: the answer itself, its secrets included. It lives as long as the check and reaches no report. */
export interface Answer {
  readonly url: URL;
  readonly status: number;
  readonly headers: HeaderLines;
  readonly text: string;
  /** The body was longer than what is read. */
  readonly isCut: boolean;
  readonly exchange: Exchange;
}

/** The value of a header; lines of the same name are joined as HTTP says; `null` if there is none. */
export function headerOf({ headers }: Pick<Answer, "headers">, name: string): string | null {
  const lines = linesOf({ headers }, name);
  return lines.length === 0 ? null : lines.join(", ");
}

/** Each line of a header. */
export function linesOf({ headers }: Pick<Answer, "headers">, name: string): readonly string[] {
  return headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
}
