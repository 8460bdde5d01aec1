/** Where a command writes. */
export interface Terminal {
  write(text: string): void;
  /** A person looks at it: progress may be drawn over. */
  readonly isInteractive: boolean;
  readonly hasColour: boolean;
}

export function terminalOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Terminal {
  const isInteractive = stream.isTTY === true && !env.CI;
  return { write: (text) => void stream.write(text), isInteractive, hasColour: isInteractive && !env.NO_COLOR };
}

export function green(text: string, { hasColour }: Terminal): string {
  return hasColour ? `\u001b[32m${text}\u001b[0m` : text;
}

export function red(text: string, { hasColour }: Terminal): string {
  return hasColour ? `\u001b[31m${text}\u001b[0m` : text;
}

/** 100000 as "100,000". */
export function grouped(number: number): string {
  return number.toLocaleString("en-US");
}
