/** Does what concerns one thing one after the other, in the order it was asked for. */
export function inTurns(): <Result>(thing: string, work: () => Promise<Result>) => Promise<Result> {
  const last = new Map<string, Promise<unknown>>();
  return (thing, work) => {
    const done = (last.get(thing) ?? Promise.resolve()).then(work, work);
    last.set(thing, done);
    const forget = () => {
      if (last.get(thing) === done) last.delete(thing);
    };
    done.then(forget, forget);
    return done;
  };
}
