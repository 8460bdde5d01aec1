import { startOnNode } from "./applications/node.ts";
import { keepsItsPromises } from "./support/promises.ts";

keepsItsPromises(`node:http ${process.versions.node}`, startOnNode);
