/** One request, as far as it says something about its client. */
export interface Sighting {
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly address: string | null;
}

/** What happens to one session: the login, then requests in their order. */
export interface Story {
  /** What the table counts it under. */
  readonly kind: string;
  /** The first is the login. In an ordinary story all are the owner's; in a theft the last one is the thief's. */
  readonly sightings: readonly [Sighting, ...Sighting[]];
}

/** One half of the corpus. */
export interface Half {
  readonly ordinary: readonly Story[];
  readonly thefts: readonly Story[];
}
