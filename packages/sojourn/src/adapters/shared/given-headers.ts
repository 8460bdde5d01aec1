import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { ResponseHeaders } from "../../http/response-plan.ts";

/** A copy of the headers that somebody gave to `writeHead`, by whatever case their names have; of one name in two cases the last counts. */
export class GivenHeaders implements ResponseHeaders {
  readonly all: OutgoingHttpHeaders;

  constructor(given: OutgoingHttpHeaders) {
    this.all = { ...given };
  }

  get(name: string): string | null {
    const value = this.all[this.#spelt(name)];
    return value === undefined ? null : textOf(value);
  }

  set(name: string, value: string): void {
    this.all[this.#spelt(name)] = value;
  }

  get cookies(): readonly string[] {
    return linesOf(this.all[this.#spelt("Set-Cookie")]);
  }

  setCookies(lines: readonly string[]): void {
    this.all[this.#spelt("Set-Cookie")] = lines as string[];
  }

  /** As it is spelt already, if it is there. Node would send what is there in another case as well. */
  #spelt(name: string): string {
    let found: string | null = null;
    for (const given in this.all) {
      if (given.length !== name.length || given.toLowerCase() !== name.toLowerCase()) continue;
      if (found !== null) delete this.all[found];
      found = given;
    }
    return found ?? name;
  }
}

export function textOf(value: OutgoingHttpHeader): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}

export function linesOf(value: OutgoingHttpHeader | undefined): readonly string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [String(value)];
}

/** Moves the headers given to `writeHead` onto the response, where they can still be looked at. */
export function setGiven(response: ServerResponse, given: unknown): void {
  if (Array.isArray(given)) {
    const names = new Set<string>();
    for (let at = 0; at + 1 < given.length; at += 2) {
      const name = String(given[at]);
      // A raw list may name a header several times; what was set before it is replaced.
      if (names.has(name.toLowerCase())) response.appendHeader(name, given[at + 1] as string);
      else response.setHeader(name, given[at + 1] as string);
      names.add(name.toLowerCase());
    }
    return;
  }
  for (const [name, value] of Object.entries(given as OutgoingHttpHeaders)) {
    if (value !== undefined) response.setHeader(name, value);
  }
}
