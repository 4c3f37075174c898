// Three wires, as they are assumed to be: change a number and run `npm run scale` again. No I/O.

export type Wire = {
  readonly name: string
  readonly sources: number
  readonly articles: number
  readonly postsPerDay: number
  readonly pollsPerDay: number
  /** Pages for people, most of them of articles, and by crawlers too. */
  readonly pagesPerDay: number
  /** Feeds that anybody polls. What is polled and what changes follows Zipf's law: the first has most. */
  readonly feeds: number
  /** Programs that read a feed, and people who read it with a program of their own: the means. */
  readonly programsPerFeed: number
  readonly peoplePerFeed: number
  /** Subscriptions at the hub, to any of a feed's three documents: most services subscribe to one. */
  readonly subscribersPerFeed: number
  /**
   * Isolates in which the gateway runs: each counts readers by itself. Nobody outside Cloudflare knows their
   * number: taken are five in each of 4, 40 and 300 cities, and that a program's polls come by all of them.
   */
  readonly isolates: number
  /**
   * Upper tiers of the cache that ask the Worker each for itself. Generic tiering takes one a region for the
   * same content; how many regions there are is not published.
   */
  readonly upperTiers: number
}

export const town: Wire = {
  name: 'a town',
  sources: 10,
  articles: 10_000,
  postsPerDay: 50,
  pollsPerDay: 100_000,
  pagesPerDay: 20_000,
  feeds: 100,
  programsPerFeed: 5,
  peoplePerFeed: 30,
  subscribersPerFeed: 3,
  isolates: 20,
  upperTiers: 2,
}

export const country: Wire = {
  name: 'a country',
  sources: 500,
  articles: 1_000_000,
  postsPerDay: 5000,
  pollsPerDay: 20e6,
  pagesPerDay: 4e6,
  feeds: 5000,
  programsPerFeed: 5,
  peoplePerFeed: 100,
  subscribersPerFeed: 5,
  isolates: 200,
  upperTiers: 3,
}

export const world: Wire = {
  name: 'the world',
  sources: 10_000,
  articles: 100_000_000,
  postsPerDay: 100_000,
  pollsPerDay: 1e9,
  pagesPerDay: 100e6,
  feeds: 100_000,
  programsPerFeed: 5,
  peoplePerFeed: 200,
  subscribersPerFeed: 10,
  isolates: 1500,
  upperTiers: 6,
}

/** How much more happens in the busiest hour of a day than in the mean. */
const busyHour = 4

/** A day that were like its busiest hour throughout. */
export function busiest(wire: Wire): Wire {
  return {
    ...wire,
    postsPerDay: busyHour * wire.postsPerDay,
    pollsPerDay: busyHour * wire.pollsPerDay,
    pagesPerDay: busyHour * wire.pagesPerDay,
    peoplePerFeed: busyHour * wire.peoplePerFeed,
  }
}
