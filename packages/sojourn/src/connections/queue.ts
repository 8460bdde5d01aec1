/** Looks under way at once: enough to ask about ten thousand sessions within a second, and no flood for a store. */
const atOnce = 64;

/** Does `work` for each thing it is given, some at a time; one that waits already is not queued twice. */
export function createQueue<Thing>(work: (thing: Thing) => Promise<void>): { add(thing: Thing): void } {
  const waiting = new Set<Thing>();
  let underWay = 0;

  function next(): void {
    for (const thing of waiting) {
      if (underWay >= atOnce) return;
      waiting.delete(thing);
      underWay++;
      void work(thing).finally(() => {
        underWay--;
        next();
      });
    }
  }

  return {
    add(thing) {
      waiting.add(thing);
      next();
    },
  };
}
