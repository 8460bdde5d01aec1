import { SojournError } from "./errors.ts";
import { deepFreeze, isDeeperThan, isObject, type JsonObject } from "./json.ts";

/** Deeper than any data this library writes: what nests more would exhaust the stack of whoever reads on. */
const deepestData = 128;

/**
 * An application's data as a body holds it: text, until somebody asks for it. Most requests only ask who is there, and a
 * touch or a renewal writes the text back as it came.
 */
export class StoredData {
  readonly json: string;
  #value: JsonObject | null = null;

  constructor(json: string) {
    this.json = json;
  }

  /** The data, frozen throughout. Throws `ERR_BODY_UNREADABLE` where the text says nothing. */
  get value(): JsonObject {
    if (this.#value === null) {
      this.#value = this.copy();
      deepFreeze(this.#value);
    }
    return this.#value;
  }

  /** The data once more, for somebody who may change it. Throws as `value` does. */
  copy(): JsonObject {
    const parsed = parse(this.json);
    if (isObject(parsed) && !(opensMoreThan(deepestData, this.json) && isDeeperThan(deepestData, parsed))) {
      return parsed as JsonObject;
    }
    throw new SojournError(
      "ERR_BODY_UNREADABLE",
      "The session's data is damaged: end the session, its user logs in again",
    );
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Not as a cause: the engine's message quotes the text, and data may be secret.
    return undefined;
  }
}

/** Whether `json` has more than `count` opening brackets, in strings too: with fewer, it nests no deeper. Cheap to ask. */
export function opensMoreThan(count: number, json: string): boolean {
  let opened = 0;
  for (const bracket of ["{", "["]) {
    for (let at = json.indexOf(bracket); at >= 0; at = json.indexOf(bracket, at + 1)) {
      if (++opened > count) return true;
    }
  }
  return false;
}
