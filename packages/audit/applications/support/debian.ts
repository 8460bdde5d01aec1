import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The version of a Debian package as its makers count: neither Debian's epoch nor its revision. */
export async function upstreamVersion(name: string): Promise<string> {
  const { stdout } = await run("dpkg-query", ["--show", `--showformat=\${Version}`, name]);
  return stdout
    .replace(/^\d+:/, "")
    .replace(/-[^-]*$/, "")
    .replace(/\+dfsg.*$/, "");
}
