/** How text is shown: plain, or with the colours of a terminal. */
export interface Paint {
  bold(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
  dim(text: string): string;
}

/** Colours only for a person at a terminal who wants them. */
export function paintFor({ isTTY = false }: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint {
  const isColourful = isTTY && !environment.NO_COLOR && !environment.CI;
  const style = (code: number) => (text: string) => (isColourful ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { bold: style(1), red: style(31), yellow: style(33), green: style(32), dim: style(2) };
}
