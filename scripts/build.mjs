// npm run build: dependencies, then everything that is compiled.
import { build } from "./lib/build.mjs";
import { install, requireNode } from "./lib/install.mjs";

requireNode();
process.exitCode = (await install()) && (await build()) ? 0 : 1;
