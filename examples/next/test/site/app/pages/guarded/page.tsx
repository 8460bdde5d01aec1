import { tools } from "../../../tools.ts";

export default async function Page() {
  return <pre>{await globalThis.suite.guarded(tools)}</pre>;
}
