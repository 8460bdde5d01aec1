import type { Stream } from "../file/schema.ts";
import type { Listening } from "../http/listen.ts";
import { prepareFlow } from "../login/flow.ts";
import { fill } from "../login/values.ts";
import type { Visitor, World } from "../login/visitor.ts";

/** Opens what `actions.stream` names, as somebody's page would. */
export async function openStream(world: World, stream: Stream, visitor: Visitor): Promise<Listening> {
  if (stream.kind === "request") {
    const { request } = await prepareFlow(world, stream, visitor);
    return world.client.listen(visitor.outgoing(request));
  }
  const page = { kind: "request", method: "GET", path: stream.path, as: "form" } as const;
  const { request, values } = await prepareFlow(world, page, visitor);
  // Browsers always say where a WebSocket is opened from.
  const headers = [...request.headers, ["Origin", world.target.origin] as const];
  const say = (stream.send ?? []).map((each) => fill(each, values));
  return world.client.listen(visitor.outgoing({ ...request, headers }), say);
}
