import { cachingNode, elsewhere, type Task } from "./cache-actors.ts";
import { cacheModel, start } from "./cache-model.ts";
import { explore, type Findings } from "./search.ts";

export interface CacheCombination {
  /** Requests of one node, at once. */
  readonly tasks: readonly Task[];
  /** What happens elsewhere meanwhile, in this order. */
  readonly changes: Parameters<typeof elsewhere>[0];
}

export function searchCache({ tasks, changes }: CacheCombination): Promise<Findings> {
  return explore({ model: cacheModel, actors: [cachingNode(tasks), elsewhere(changes)], world: start });
}

export const titleOf = ({ tasks, changes }: CacheCombination) =>
  `${tasks.join(" and ")}, while elsewhere: ${changes.join(", then ")}`;
