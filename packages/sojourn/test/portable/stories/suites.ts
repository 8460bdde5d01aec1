import { memory, onFetch, onHono, sqlite } from "./contracts.ts";
import { core } from "./core.ts";
import type { Suite } from "./host.ts";
import { sockets, streams } from "./live.ts";
import { proofs } from "./proofs.ts";
import { sealed } from "./sealed.ts";

/** What every runtime is asked. */
export const suites: readonly Suite[] = [core, memory, sealed, proofs, onFetch, onHono, sqlite, streams, sockets];
