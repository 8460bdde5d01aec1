import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../results/", import.meta.url));

/** Keeps the figures of one part. Quick ones lie apart: they are for looking, not for publishing. */
export function keep(part, result) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${part}${result.quick ? ".quick" : ""}.json`);
  writeFileSync(
    file,
    `${JSON.stringify({ part, date: new Date().toISOString().slice(0, 10), ...result }, short, 2)}\n`,
  );
}

/** The last full run's figures of a part, or `null`. */
export function kept(part) {
  const file = join(folder, `${part}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}

/** Five significant digits: more would say that more is known. */
function short(_key, value) {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
