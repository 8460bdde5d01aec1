/** Colours only for a person at a terminal who wants them. */
export const colourful = process.stdout.isTTY === true && !process.env.NO_COLOR && !process.env.CI;
const style = (code) => (text) => (colourful ? `\u001b[${code}m${text}\u001b[0m` : text);

export const bold = style(1);
export const red = style(31);
export const green = style(32);

/** One line about what begins now. */
export function announce(text) {
  console.log(`\n${bold(`> ${text}`)}`);
}

/** How long ago `start` (from `performance.now()`) was, for people. */
export function since(start) {
  const seconds = (performance.now() - start) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** "1 test", "2 tests". */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** The list at the end of a command: what is not right, and the command that mends it. */
export function printProblems(problems) {
  if (problems.length === 0) return;
  console.log(`\n${red("What failed or did not run:")}`);
  for (const { name, why, mend } of problems) {
    console.log(`  - ${bold(name)}: ${why}`);
    if (mend) console.log(`    to mend it: ${mend}`);
  }
}
