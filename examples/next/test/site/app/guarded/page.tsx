import { tools } from "../../tools.ts";

/** Guarded by ../../proxy.ts alone. */
export default async function Page() {
  return <pre>{await globalThis.suite.who(tools)}</pre>;
}
