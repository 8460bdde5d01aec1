import { availableParallelism, cpus, totalmem } from "node:os";

/** What the figures were measured on, as far as it matters for them; no names. */
export function machineClass() {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
  };
}
