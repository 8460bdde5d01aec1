import { execFile } from "node:child_process";
import { chmod } from "node:fs/promises";
import { promisify } from "node:util";
import { inPackages } from "./npm.ts";

const run = promisify(execFile);
const multitool = inPackages("@microsoft/sarif-multitool-linux/Sarif.Multitool");

/**
 * What the validator of SARIF's own makers says of a file, by the rules of the format and those of GitHub's code
 * scanning: it stands for an upload, which no test can make.
 */
export async function codeScanningProblems(file: string): Promise<readonly string[]> {
  // Its package makes it executable by a script, and installs here run none.
  await chmod(multitool, 0o755);
  const rules = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"];
  const { stdout } = await run(multitool, ["validate", file, ...rules], {
    env: { DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" },
  });
  if (!stdout.includes("Analysis completed successfully")) return [stdout];
  return stdout.split("\n").filter((line) => /: (error|warning) /.test(line));
}
