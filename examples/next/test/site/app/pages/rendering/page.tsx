import { tools } from "../../../tools.ts";

/** Does what a Server Component must not. */
export default async function Page() {
  return <pre>{await globalThis.suite.logInWhileRendering(tools)}</pre>;
}
